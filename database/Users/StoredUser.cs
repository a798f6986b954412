namespace TemporalDelivery.Database.Users;

/// <summary>A person or a program that signs in by name and password.</summary>
/// <param name="UserId">Its id.</param>
/// <param name="Name">What it signs in with.</param>
/// <param name="PasswordHash">What its password is compared with.</param>
/// <param name="Role">What it may do, see <see cref="UserRoles"/>.</param>
/// <param name="CustomerId">Which customer it is; only a customer is one.</param>
/// <param name="IsDisabled">Whether it can sign in no more.</param>
/// <param name="Version">Changes with password, and with being disabled or enabled.</param>
public sealed record StoredUser(Guid UserId, string Name, string PasswordHash, string Role, Guid? CustomerId, bool IsDisabled, int Version);
