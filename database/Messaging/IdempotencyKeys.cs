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

    /// <summary>The constraint that an answer to a used key violates.</summary>
    internal const string UsedOnce = "idempotency_keys_pkey";

    internal static async Task<KeyLookup> FindAsync(
        DbConnection connection,
        IdempotentRequest request,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QuerySingleOrDefaultAsync<KeptAnswer>(
                new CommandDefinition(FindSql, new { request.Scope, request.Key }, cancellationToken: cancellationToken)
            )
        ).ToLookup(request);

    internal const string FindSql = """
        select request_hash, status_code, location, body
        from orders.idempotency_keys
        where scope = @Scope and key = @Key
        """;

    /// <summary>
    /// Keeps the body of <c>answer</c>, a query of the same statement. It waits for another request with this key that is in flight, and
    /// violates <see cref="UsedOnce"/> when that one is accepted.
    /// </summary>
    internal const string KeepAnswerSql = """
        insert into orders.idempotency_keys (scope, key, request_hash, status_code, location, body)
        select @Scope, @Key, @BodyHash, @StatusCode, @Location, body from answer
        """;
}

/// <summary>A row of <c>orders.idempotency_keys</c>.</summary>
internal sealed record KeptAnswer(byte[] RequestHash, int StatusCode, string? Location, string Body);

/// <summary>What a row, or its absence, says about a request.</summary>
internal static class KeptAnswerExtensions
{
    public static KeyLookup ToLookup(this KeptAnswer? kept, IdempotentRequest request) =>
        kept is null ? new KeyLookup.Unused()
        : kept.RequestHash.AsSpan().SequenceEqual(request.BodyHash)
            ? new KeyLookup.Answered(new IdempotentAnswer(kept.StatusCode, kept.Location, kept.Body))
        : new KeyLookup.OtherBody();
}
