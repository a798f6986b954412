using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.ApiKeys;

/// <summary>The keys of programs.</summary>
public sealed class ApiKeyStore(NpgsqlDataSource source)
{
    /// <summary>The most keys that there may be.</summary>
    public const int MaxKeys = 1_000;

    private const string KeySql = """
        select key_id, name, role, array_to_string(scopes, ' ') as scopes, prefix, created_at, created_by, expires_at, last_used_at,
            revoked_at
        from identity.api_keys
        """;

    /// <summary>Adds a key, and forgets those that have not been good for a month.</summary>
    /// <returns>False when there are as many as there may be.</returns>
    public async Task<bool> AddAsync(StoredApiKey key, byte[] hash, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from identity.api_keys where least(expires_at, revoked_at) < now() - interval '30 days'",
                cancellationToken: cancellationToken
            )
        );
        return await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    insert into identity.api_keys (key_id, name, role, scopes, prefix, hash, created_at, created_by, expires_at)
                    select @KeyId, @Name, @Role, string_to_array(@Scopes, ' '), @Prefix, @hash, @CreatedAt, @CreatedBy, @ExpiresAt
                    where (select count(*) from identity.api_keys) < @MaxKeys
                    """,
                    new
                    {
                        key.KeyId,
                        key.Name,
                        key.Role,
                        key.Scopes,
                        key.Prefix,
                        hash,
                        key.CreatedAt,
                        key.CreatedBy,
                        key.ExpiresAt,
                        MaxKeys,
                    },
                    cancellationToken: cancellationToken
                )
            ) == 1;
    }

    /// <summary>
    /// The key of that hash, if it is good; null otherwise. It is read for each request, so that a key that is revoked is good no more, on
    /// whatever host. That it was used is written once a minute.
    /// </summary>
    public async Task<StoredApiKey?> UseAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StoredApiKey>(
            new CommandDefinition(
                $"""
                with used as (
                    update identity.api_keys set last_used_at = now()
                    where hash = @hash and (last_used_at is null or last_used_at < now() - interval '1 minute')
                        and revoked_at is null and expires_at > now()
                )
                {KeySql} where hash = @hash and revoked_at is null and expires_at > now()
                """,
                new { hash },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Keys, good or not, by id.</summary>
    public async Task<Page<StoredApiKey, Guid>> ListAsync(Guid? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoredApiKey>(
            new CommandDefinition(
                $"{KeySql} where @cursor::uuid is null or key_id > @cursor order by key_id limit @count",
                new { cursor, count = limit + 1 },
                cancellationToken: cancellationToken
            )
        );
        return Page<StoredApiKey, Guid>.From(rows.AsList(), limit, key => key.KeyId);
    }

    /// <summary>The key is good no more; revoked again, it stays as it was.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RevokeAsync(Guid keyId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
                new CommandDefinition(
                    "update identity.api_keys set revoked_at = coalesce(revoked_at, now()) where key_id = @keyId",
                    new { keyId },
                    cancellationToken: cancellationToken
                )
            ) == 1;
    }
}
