using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Tokens;

/// <summary>The keys of tokens, which all hosts share.</summary>
public sealed class TokenKeyStore(NpgsqlDataSource source)
{
    private const long AdvisoryLock = 0x54445F6B6579; // "TD_key"

    /// <summary>
    /// Makes the keys that are missing, forgets those whose last token is over, and reads the rest, the newest first. Hosts may do so at
    /// once.
    /// </summary>
    /// <param name="life">For how long a key signs.</param>
    /// <param name="notice">How long it is published before it does; the first one signs at once.</param>
    /// <param name="longestToken">How long a token is good that the key has signed last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<StoredTokenKey>> UpkeepAsync(
        TimeSpan life,
        TimeSpan notice,
        TimeSpan longestToken,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync("select pg_advisory_xact_lock(@AdvisoryLock)", new { AdvisoryLock });
        foreach (var use in new[] { StoredTokenKey.Signing, StoredTokenKey.Encryption })
        {
            await ExecuteAsync(
                """
                insert into identity.token_keys (key_id, use, secret, signs_from)
                select @keyId, @use, @secret, case when count(*) = 0 then now() else greatest(max(signs_from) + @life, now() + @notice) end
                from identity.token_keys where use = @use
                having count(*) = 0 or max(signs_from) + @life - @notice <= now()
                """,
                new
                {
                    keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                    use,
                    secret = NewSecret(use),
                    life,
                    notice,
                }
            );
        }

        // A key has signed until the next one began to.
        await ExecuteAsync(
            """
            delete from identity.token_keys k
            where exists (
                select from identity.token_keys next
                where next.use = k.use and next.signs_from > k.signs_from and next.signs_from < now() - @longestToken)
            """,
            new { longestToken }
        );
        var keys = await connection.QueryAsync<StoredTokenKey>(
            new CommandDefinition(
                "select key_id, use, secret, signs_from <= now() is_due from identity.token_keys order by signs_from desc",
                transaction: transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
        return keys.AsList();

        Task ExecuteAsync(string sql, object parameters) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));
    }

    private static byte[] NewSecret(string use)
    {
        if (use == StoredTokenKey.Encryption)
        {
            return RandomNumberGenerator.GetBytes(32);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKey();
    }
}
