using System.Data.Common;
using Dapper;
using Npgsql;

namespace TemporalDelivery.Database.Messaging;

/// <summary>What is known about a key.</summary>
public abstract record KeyLookup
{
    private KeyLookup() { }

    /// <summary>The key was never used: do the work.</summary>
    public sealed record Unused : KeyLookup;

    /// <summary>The key was used for this very request: give the answer again.</summary>
    public sealed record Answered(IdempotentAnswer Answer) : KeyLookup;

    /// <summary>The key was used for another body.</summary>
    public sealed record OtherBody : KeyLookup;
}

/// <summary>The answers given to POSTs with an <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyKeys(NpgsqlDataSource source)
{
    /// <summary>Looks the key up.</summary>
    public async Task<KeyLookup> FindAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, null, request, cancellationToken);
    }

    /// <summary>Forgets answers older than <paramref name="age"/> and returns how many those were.</summary>
    public async Task<int> ForgetAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from orders.idempotency_keys where created_at < now() - @age",
                new { age },
                cancellationToken: cancellationToken
            )
        );
    }

    internal static async Task<KeyLookup> FindAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IdempotentRequest request,
        CancellationToken cancellationToken
    )
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(FindSql, new { request.Scope, request.Key }, transaction, cancellationToken: cancellationToken)
        );
        if (row is null)
        {
            return new KeyLookup.Unused();
        }

        return row.RequestHash.AsSpan().SequenceEqual(request.BodyHash)
            ? new KeyLookup.Answered(new IdempotentAnswer(row.StatusCode, row.Location, row.Body))
            : new KeyLookup.OtherBody();
    }

    internal const string FindSql = """
        select request_hash, status_code, location, body
        from orders.idempotency_keys
        where scope = @Scope and key = @Key
        """;

    /// <summary>
    /// Stores the answer in the caller's transaction; false when another request with this key came first (waits for one in flight).
    /// </summary>
    internal static async Task<bool> TryStoreAsync(
        DbConnection connection,
        DbTransaction transaction,
        IdempotentRequest request,
        IdempotentAnswer answer,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.idempotency_keys (scope, key, request_hash, status_code, location, body)
                values (@Scope, @Key, @BodyHash, @StatusCode, @Location, @Body)
                on conflict (scope, key) do nothing
                """,
                new
                {
                    request.Scope,
                    request.Key,
                    request.BodyHash,
                    answer.StatusCode,
                    answer.Location,
                    answer.Body,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        ) == 1;

    private sealed record Row(byte[] RequestHash, int StatusCode, string? Location, string Body);
}
