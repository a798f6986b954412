using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Users;

/// <summary>Who may use the API.</summary>
public sealed class UserStore(NpgsqlDataSource source)
{
    private const string UserSql = """
        select user_id, name, password_hash, role, customer_id, disabled_at is not null is_disabled, version from identity.users
        """;

    /// <summary>Adds a user.</summary>
    public async Task<AddUserResult> AddAsync(StoredUser user, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    insert into identity.users (user_id, name, password_hash, role, customer_id)
                    values (@UserId, @Name, @PasswordHash, @Role, @CustomerId)
                    """,
                    user,
                    cancellationToken: cancellationToken
                )
            );
            return AddUserResult.Added;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return AddUserResult.NameTaken;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return AddUserResult.CustomerUnknown;
        }
    }

    /// <summary>The user of that name, disabled or not; null when there is none.</summary>
    public Task<StoredUser?> FindAsync(string name, CancellationToken cancellationToken) =>
        FindAsync($"{UserSql} where name = @name", new { name }, cancellationToken);

    /// <summary>The user with that id, disabled or not; null when there is none.</summary>
    public Task<StoredUser?> FindAsync(Guid userId, CancellationToken cancellationToken) =>
        FindAsync($"{UserSql} where user_id = @userId", new { userId }, cancellationToken);

    /// <summary>Gives a user another password; what was signed in with the old one cannot be renewed.</summary>
    /// <returns>False when there is no such user.</returns>
    public Task<bool> ChangePasswordAsync(string name, string passwordHash, CancellationToken cancellationToken) =>
        ChangeAsync(
            "update identity.users set password_hash = @passwordHash, version = version + 1 where name = @name",
            new { name, passwordHash },
            cancellationToken
        );

    /// <summary>Keeps the same password by a stronger hash, unless it was changed meanwhile.</summary>
    public Task RehashAsync(StoredUser user, string passwordHash, CancellationToken cancellationToken) =>
        ChangeAsync(
            "update identity.users set password_hash = @passwordHash where user_id = @UserId and version = @Version",
            new
            {
                user.UserId,
                user.Version,
                passwordHash,
            },
            cancellationToken
        );

    /// <summary>Keeps a user from signing in and from renewing tokens, or lets them again.</summary>
    /// <returns>False when there is no such user.</returns>
    public Task<bool> DisableAsync(string name, bool isDisabled, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            update identity.users set disabled_at = case when @isDisabled then coalesce(disabled_at, now()) end, version = version + 1
            where name = @name
            """,
            new { name, isDisabled },
            cancellationToken
        );

    private async Task<StoredUser?> FindAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredUser>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
    }

    private async Task<bool> ChangeAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }
}
