using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Users;

/// <summary>
/// Counts tries to sign in, per name and address, whether there is such a user or not. A try counts before the password is looked at, so
/// that guesses made side by side count too.
/// </summary>
public sealed class SignIns(NpgsqlDataSource source)
{
    /// <summary>How many tries in a row may fail.</summary>
    public const int MaxTries = 10;

    /// <summary>For how long none is looked at after that; tries that are further apart are not in a row.</summary>
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);

    /// <summary>Counts a try.</summary>
    /// <returns>When the next may be made; null when this one may.</returns>
    public async Task<DateTimeOffset?> BeginAsync(string name, string address, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var till = await connection.QuerySingleAsync<DateTime?>(
            new CommandDefinition(
                """
                insert into identity.sign_ins as s (name, address, tries, last_at) values (@name, @address, 1, now())
                on conflict (name, address) do update set
                    tries = case when s.last_at < now() - @Lockout then 1 else least(s.tries + 1, @MaxTries + 1) end,
                    last_at = case when s.last_at >= now() - @Lockout and s.tries >= @MaxTries then s.last_at else now() end
                returning case when tries > @MaxTries then last_at + @Lockout end
                """,
                new
                {
                    name,
                    address,
                    MaxTries,
                    Lockout,
                },
                cancellationToken: cancellationToken
            )
        );
        return till is { } moment ? new DateTimeOffset(moment) : null;
    }

    /// <summary>A try has succeeded: those before it count no more.</summary>
    public Task SucceededAsync(string name, string address, CancellationToken cancellationToken) =>
        DeleteAsync("delete from identity.sign_ins where name = @name and address = @address", new { name, address }, cancellationToken);

    /// <summary>Forgets names and addresses that have not tried for an hour.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) =>
        DeleteAsync("delete from identity.sign_ins where last_at < now() - interval '1 hour'", null, cancellationToken);

    private async Task DeleteAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
