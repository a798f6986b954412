using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Merchants;

/// <summary>Where merchants want to be told of orders and deliveries.</summary>
internal static class MerchantWebhookEndpoints
{
    private const string What = "webhook endpoint";
    private const int SecretBytes = 32;

    /// <exception cref="ConfigurationException">A value of the section <c>Webhooks:Outgoing</c> cannot be read.</exception>
    public static void AddMerchantWebhooks(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(builder.Configuration.Section<EndpointUrl>("Webhooks:Outgoing"));

    public static void MapMerchantWebhooks(this WebApplication app)
    {
        var endpoints = app.MapGroup("/webhook-endpoints")
            .WithTags("Merchants' webhooks")
            .RequireAuthorization(Policies.Merchant)
            .AddEndpointFilter(OwnOnlyAsync)
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(400)
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        endpoints
            .MapPost("", AddAsync)
            .WithMetadata(new LocatedAnswer())
            .WithName("addWebhookEndpoint")
            .WithDescription("What is sent there is signed by Standard Webhooks.")
            .Idempotent()
            .WithSummary("Asks to be told of what is published from now on. The answer shows the secret, once.")
            .ProducesProblem(409);
        endpoints
            .MapGet("", ListAsync)
            .WithName("listWebhookEndpoints")
            .WithDescription("Without their secrets.")
            .WithSummary("Lists endpoints.");
        endpoints
            .MapGet("{endpointId:guid}", FindAsync)
            .WithName("findWebhookEndpoint")
            .WithDescription("An endpoint that refused for a day is paused, and says so.")
            .WithSummary("An endpoint, and how much waits for it.")
            .ProducesProblem(404);
        endpoints
            .MapDelete("{endpointId:guid}", RemoveAsync)
            .WithName("removeWebhookEndpoint")
            .WithDescription("It is not told of anything any more.")
            .Idempotent()
            .WithSummary("Forgets an endpoint, and what was to be sent to it.")
            .ProducesProblem(404);
        endpoints
            .MapPost("{endpointId:guid}/rotate-secret", RotateAsync)
            .WithName("rotateWebhookSecret")
            .WithDescription("Both secrets sign for overlapHours, so that nothing is refused meanwhile.")
            .Idempotent()
            .WithSummary("Signs with another secret, and with the one before for a time. The answer shows the new one, once.")
            .ProducesProblem(404);
        endpoints
            .MapPost("{endpointId:guid}/resume", ResumeAsync)
            .WithName("resumeWebhookEndpoint")
            .WithDescription("What waits is sent at once.")
            .Idempotent()
            .WithSummary("Sends to an endpoint that was paused, what has waited included.")
            .ProducesProblem(404);
        endpoints
            .MapGet("{endpointId:guid}/deliveries", DeliveriesAsync)
            .WithName("listWebhookDeliveries")
            .WithDescription("With the last answer to each.")
            .WithSummary("What became of telling it, the latest event first.")
            .ProducesProblem(404);
        endpoints
            .MapPost("{endpointId:guid}/resend", ResendAsync)
            .WithName("resendWebhooks")
            .WithDescription("Receivers know by webhook-id what they have had.")
            .Idempotent()
            .WithSummary("Tells it again of one event, or of all since a moment.")
            .ProducesProblem(404);
    }

    private static async Task<Results<Created<EndpointResponse>, ProblemHttpResult>> AddAsync(
        EndpointRequest body,
        Caller caller,
        EndpointUrl urls,
        WebhookEndpointStore store,
        HttpContext context
    )
    {
        if (urls.Fault(body.Url) is { } fault)
        {
            return Problem.Refused([fault]);
        }

        var (id, secret) = (IdOf(context), RandomNumberGenerator.GetBytes(SecretBytes));
        return
            await store.AddAsync(id, caller.Actor.ToString(), body.Url!, [.. body.Topics!.Distinct()], secret, context.RequestAborted)
            && await store.FindAsync(id, context.RequestAborted) is { } endpoint
            ? TypedResults.Created($"/webhook-endpoints/{id}", EndpointResponse.Of(endpoint, secret))
            : Problem.Conflict($"There are {WebhookEndpointStore.MaxEndpoints} endpoints, which is the most.", "TOO_MANY_ENDPOINTS");
    }

    // Before every endpoint that names one, so that none can forget the check: another's is answered like one that does not exist.
    private static async ValueTask<object?> OwnOnlyAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        return
            context.Request.RouteValues.TryGetValue("endpointId", out var text)
            && OwnerOf(Caller.Of(context.User)) is { } owner
            && Guid.Parse((string)text!) is var id
            && (await context.RequestServices.GetRequiredService<WebhookEndpointStore>().FindAsync(id, context.RequestAborted))?.Owner
                != owner
            ? Problem.NotFound(What, id)
            : await next(invocation);
    }

    // Whose endpoints the caller sees; null: everybody's.
    private static string? OwnerOf(Caller caller) => caller.IsAdmin ? null : caller.Actor.ToString();

    private static async Task<Ok<PageOf<EndpointResponse>>> ListAsync(
        Caller caller,
        WebhookEndpointStore store,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var page = await store.ListAsync(OwnerOf(caller), PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return TypedResults.Ok(
            new PageOf<EndpointResponse>(
                [.. page.Items.Select(endpoint => EndpointResponse.Of(endpoint))],
                page.Next is { } next ? PageRequest.Cursor(next) : null
            )
        );
    }

    private static Task<Results<Ok<EndpointResponse>, ProblemHttpResult>> FindAsync(
        Guid endpointId,
        WebhookEndpointStore store,
        CancellationToken cancellationToken
    ) => ShowAsync(endpointId, store, null, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid endpointId,
        WebhookEndpointStore store,
        CancellationToken cancellationToken
    ) => await store.RemoveAsync(endpointId, cancellationToken) ? TypedResults.NoContent() : Problem.NotFound(What, endpointId);

    private static async Task<Results<Ok<EndpointResponse>, ProblemHttpResult>> RotateAsync(
        Guid endpointId,
        RotateRequest? body,
        WebhookEndpointStore store,
        HttpContext context
    )
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var overlap = TimeSpan.FromHours(body?.OverlapHours ?? RotateRequest.DefaultHours);
        return await store.RotateAsync(endpointId, secret, overlap, Request(context), context.RequestAborted)
            ? await ShowAsync(endpointId, store, secret, context.RequestAborted)
            : Problem.NotFound(What, endpointId);
    }

    private static async Task<Results<Ok<EndpointResponse>, ProblemHttpResult>> ResumeAsync(
        Guid endpointId,
        WebhookEndpointStore store,
        CancellationToken cancellationToken
    ) =>
        await store.ResumeAsync(endpointId, cancellationToken)
            ? await ShowAsync(endpointId, store, null, cancellationToken)
            : Problem.NotFound(What, endpointId);

    private static async Task<Results<Ok<PageOf<WebhookResponse>>, ProblemHttpResult>> DeliveriesAsync(
        Guid endpointId,
        WebhookEndpointStore store,
        bool? waiting,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var (from, most) = (PageRequest.Cursor(cursor), PageRequest.Limit(limit));
        if (await store.FindAsync(endpointId, cancellationToken) is null)
        {
            return Problem.NotFound(What, endpointId);
        }

        var page = await store.DeliveriesAsync(endpointId, waiting, from, most, cancellationToken);
        return TypedResults.Ok(
            new PageOf<WebhookResponse>([.. page.Items.Select(WebhookResponse.Of)], page.Next is { } next ? PageRequest.Cursor(next) : null)
        );
    }

    private static async Task<Results<Ok<ResendResponse>, ProblemHttpResult>> ResendAsync(
        Guid endpointId,
        ResendRequest body,
        WebhookEndpointStore store,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindAsync(endpointId, cancellationToken) is null)
        {
            return Problem.NotFound(What, endpointId);
        }

        var events = await store.ResendAsync(endpointId, body.EventId, body.Since, cancellationToken);
        return events == 0 && body.EventId is { } unknown
            ? Problem.NotFound("event of its topics", unknown)
            : TypedResults.Ok(new ResendResponse(events));
    }

    private static async Task<Results<Ok<EndpointResponse>, ProblemHttpResult>> ShowAsync(
        Guid endpointId,
        WebhookEndpointStore store,
        byte[]? secret,
        CancellationToken cancellationToken
    ) =>
        await store.FindAsync(endpointId, cancellationToken) is { } endpoint
            ? TypedResults.Ok(EndpointResponse.Of(endpoint, secret))
            : Problem.NotFound(What, endpointId);

    // A request that is sent again after its host died makes the same endpoint.
    private static Guid IdOf(HttpContext context) =>
        Request(context) is { } request ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(request)).AsSpan(0, 16)) : Guid.CreateVersion7();

    private static string? Request(HttpContext context) => context.Features.Get<IdempotentCall>()?.UpdateId;
}
