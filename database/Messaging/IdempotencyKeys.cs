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

    /// <summary>The key is in use: this very request is being dealt with.</summary>
    public sealed record Running : KeyLookup;
}

/// <summary>The requests with an <c>Idempotency-Key</c>, and the answers that were given to them.</summary>
public sealed class IdempotencyKeys(NpgsqlDataSource source)
{
    /// <summary>
    /// Claims an unused key for a request that is about to be dealt with. A claim whose request was never answered (its host died) can be
    /// claimed again when its time is over.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="lease">Longer than it can take to deal with it.</param>
    /// <param name="cancellationToken">Stops claiming.</param>
    /// <returns><see cref="KeyLookup.Unused"/> when the key is the caller's now.</returns>
    public async Task<KeyLookup> ClaimAsync(IdempotentRequest request, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var claimed = await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into orders.idempotency_keys as k (scope, key, request_hash, running_till)
                values (@Scope, @Key, @BodyHash, now() + @lease)
                on conflict (scope, key) do update set running_till = excluded.running_till
                where k.status_code is null and k.running_till < now() and k.request_hash = excluded.request_hash
                """,
                new
                {
                    request.Scope,
                    request.Key,
                    request.BodyHash,
                    lease,
                },
                cancellationToken: cancellationToken
            )
        );
        if (claimed == 1)
        {
            return new KeyLookup.Unused();
        }

        // Unused by now: its request was given up at this moment, and may be repeated.
        var found = await FindAsync(connection, request, cancellationToken);
        return found is KeyLookup.Unused ? new KeyLookup.Running() : found;
    }

    /// <summary>Keeps the answer to a claimed request, unless one was kept with what the request did.</summary>
    public Task AnswerAsync(IdempotentRequest request, IdempotentAnswer answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(answer);
        return ExecuteAsync(
            """
            update orders.idempotency_keys
            set status_code = @StatusCode, location = @Location, content_type = @ContentType, body = @Body, running_till = null
            where scope = @Scope and key = @Key and status_code is null
            """,
            new
            {
                request.Scope,
                request.Key,
                answer.StatusCode,
                answer.Location,
                answer.ContentType,
                answer.Body,
            },
            cancellationToken
        );
    }

    /// <summary>Gives a claim up whose request came to nothing that has to be repeated: the key is unused again.</summary>
    public Task ReleaseAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ExecuteAsync(
            "delete from orders.idempotency_keys where scope = @Scope and key = @Key and status_code is null",
            new { request.Scope, request.Key },
            cancellationToken
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
        select request_hash, status_code, location, content_type, body
        from orders.idempotency_keys
        where scope = @Scope and key = @Key
        """;

    /// <summary>
    /// Keeps the body of <c>answer</c>, a query of the same statement. It waits for another request with this key that is in flight, and
    /// violates <see cref="UsedOnce"/> when that one is accepted.
    /// </summary>
    internal const string KeepAnswerSql = """
        insert into orders.idempotency_keys (scope, key, request_hash, status_code, location, content_type, body)
        select @Scope, @Key, @BodyHash, @StatusCode, @Location, @ContentType, body from answer
        """;

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}

/// <summary>A row of <c>orders.idempotency_keys</c>.</summary>
internal sealed record KeptAnswer(byte[] RequestHash, int? StatusCode, string? Location, string? ContentType, string? Body);

/// <summary>What a row, or its absence, says about a request.</summary>
internal static class KeptAnswerExtensions
{
    public static KeyLookup ToLookup(this KeptAnswer? kept, IdempotentRequest request) =>
        kept is null ? new KeyLookup.Unused()
        : !kept.RequestHash.AsSpan().SequenceEqual(request.BodyHash) ? new KeyLookup.OtherBody()
        : kept.StatusCode is { } status
            ? new KeyLookup.Answered(new IdempotentAnswer(status, kept.Location, kept.ContentType ?? IdempotentAnswer.Json, kept.Body!))
        : new KeyLookup.Running();
}
