using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.ApiKeys;

namespace TemporalDelivery.Api.ApiKeys;

/// <summary>
/// The keys of programs. Making one takes no idempotency key: the answer to a repetition would have to be kept, and with it the key itself.
/// Whoever has lost the answer revokes that key and makes another.
/// </summary>
internal static class ApiKeyEndpoints
{
    private const string What = "API key";

    public static void MapApiKeys(this WebApplication app)
    {
        var keys = app.MapGroup("/api-keys")
            .WithTags("API keys")
            .RequireAuthorization(Policies.Admin)
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        keys.MapPost("", AddAsync)
            .WithMetadata(new LocatedAnswer())
            .WithName("addApiKey")
            .WithDescription("Keys of the same name and role are the same caller, so that one can replace another.")
            .WithSummary("Makes a key for a program. The answer shows it, once.")
            .ProducesProblem(409)
            .ProducesProblem(422);
        keys.MapGet("", ListAsync)
            .WithName("listApiKeys")
            .WithDescription("Without the keys themselves.")
            .WithSummary("Lists keys, those that are good no more for a month.");
        keys.MapDelete("{keyId:guid}", RevokeAsync)
            .WithName("revokeApiKey")
            .WithDescription("Who bears it is refused within a second. A key that was revoked stays so.")
            .Idempotent()
            .WithSummary("Revokes a key, on every host at once.")
            .ProducesProblem(404);
    }

    private static async Task<Results<Created<ApiKeyResponse>, ProblemHttpResult>> AddAsync(
        ApiKeyRequest body,
        Caller caller,
        ApiKeyStore keys,
        HttpContext context
    )
    {
        var (key, now) = (ApiKey.Create(), DateTime.UtcNow);
        var stored = new StoredApiKey(
            Guid.CreateVersion7(),
            body.Name!,
            body.Role!,
            string.Join(' ', (body.Scopes ?? []).Distinct()),
            ApiKey.Prefix(key),
            now,
            caller.Actor.ToString(),
            now.AddDays(body.ExpiresInDays ?? ApiKeyRequest.DefaultDays),
            null,
            null
        );
        context.Response.Headers.CacheControl = "no-store";
        return await keys.AddAsync(stored, ApiKey.Hash(key), context.RequestAborted)
            ? TypedResults.Created($"/api-keys/{stored.KeyId}", ApiKeyResponse.Of(stored, key))
            : Problem.Conflict($"There are {ApiKeyStore.MaxKeys} keys, which is the most.", "TOO_MANY_KEYS");
    }

    private static async Task<Ok<PageOf<ApiKeyResponse>>> ListAsync(
        ApiKeyStore keys,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var page = await keys.ListAsync(PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return TypedResults.Ok(
            new PageOf<ApiKeyResponse>(
                [.. page.Items.Select(key => ApiKeyResponse.Of(key))],
                page.Next is { } next ? PageRequest.Cursor(next) : null
            )
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid keyId,
        ApiKeyStore keys,
        CancellationToken cancellationToken
    ) => await keys.RevokeAsync(keyId, cancellationToken) ? TypedResults.NoContent() : Problem.NotFound(What, keyId);
}
