using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Requests;

/// <summary>
/// Deals once with a request that bears an idempotency key, and answers a repetition as the first was answered, to the byte. An answer that
/// leaves open whether something has changed (a fault of the request, an outage) is not kept: the key is free again, and because an update
/// of the same request has the same id nothing happens twice.
/// </summary>
internal sealed class IdempotentRequests(RequestDelegate next, IdempotencyKeys keys, ILogger<IdempotentRequests> log)
{
    // Longer than any request may take (see ServerLimits).
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ToSaySo = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext context)
    {
        if (
            context.GetEndpoint()?.Metadata.GetMetadata<IdempotentEndpoint>() is not { KeepsAnswers: false }
            || IdempotencyKey.Of(context.Request) is not { } key
        )
        {
            await next(context);
            return;
        }

        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        context.Request.Body = new MemoryStream(body);
        var actor = context.User.Identity is { IsAuthenticated: true } ? Caller.Of(context.User).Actor.ToString() : "anybody";
        var scope = $"{actor} {context.Request.Method} {context.Request.Path}";
        var request = new IdempotentRequest(scope, key, SHA256.HashData(body));
        switch (await keys.ClaimAsync(request, Lease, context.RequestAborted))
        {
            case KeyLookup.Answered { Answer: var answer }:
                await new KeptAnswerResult(answer).ExecuteAsync(context);
                break;
            case KeyLookup.OtherBody:
                await Problem.KeyReused().ExecuteAsync(context);
                break;
            case KeyLookup.Running:
                context.Response.Headers.RetryAfter = "1";
                await Problem.Conflict("A request with this idempotency key is being dealt with.", "KEY_IN_USE").ExecuteAsync(context);
                break;
            default:
                await DealAsync(context, request);
                break;
        }
    }

    private async Task DealAsync(HttpContext context, IdempotentRequest request)
    {
        context.Features.Set(new IdempotentCall(request));
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var written = new MemoryStream();
        context.Response.Body = written;
        IdempotentAnswer? answer = null;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode is (>= 200 and < 300) or StatusCodes.Status409Conflict)
            {
                answer = new(
                    response.StatusCode,
                    response.Headers.Location,
                    response.ContentType ?? "",
                    Encoding.UTF8.GetString(written.ToArray())
                );
            }
        }
        finally
        {
            context.Features.Set(original);
            await SettleAsync(request, answer);
        }

        written.Position = 0;
        await written.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    // What is done is done: neither a client that has gone nor a database that is away changes the answer.
    private async Task SettleAsync(IdempotentRequest request, IdempotentAnswer? answer)
    {
        using var deadline = new CancellationTokenSource(ToSaySo);
        try
        {
            await (answer is null ? keys.ReleaseAsync(request, deadline.Token) : keys.AnswerAsync(request, answer, deadline.Token));
        }
        catch (Exception failure)
        {
            log.LogWarning("An idempotency key stays in use for {Lease} s: {Reason}", Lease.TotalSeconds, failure.Message);
        }
    }
}

/// <summary>Marks an endpoint whose requests may bear an idempotency key.</summary>
/// <param name="KeepsAnswers">Whether it keeps its answers itself, with what it has changed.</param>
internal sealed record IdempotentEndpoint(bool KeepsAnswers = false);

/// <summary>Registers <see cref="IdempotentRequests"/>.</summary>
internal static class IdempotentRequestsSetup
{
    /// <summary>Comes after authentication, because a key is its actor's.</summary>
    public static void UseIdempotentRequests(this WebApplication app) => app.UseMiddleware<IdempotentRequests>();

    /// <summary>A request to this endpoint may bear an idempotency key.</summary>
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new IdempotentEndpoint()).ProducesProblem(409).ProducesProblem(422);
}
