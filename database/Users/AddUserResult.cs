namespace TemporalDelivery.Database.Users;

/// <summary>What became of adding a user.</summary>
public enum AddUserResult
{
    /// <summary>It is there now.</summary>
    Added,

    /// <summary>There is one of that name.</summary>
    NameTaken,

    /// <summary>There is no such customer.</summary>
    CustomerUnknown,
}
