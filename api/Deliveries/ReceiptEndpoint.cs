using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>
/// The customer has it: by their own word, or by that of whoever has the parcel's PIN, who needs no credentials. A request with a PIN is
/// judged by the PIN alone, whoever sends it.
/// </summary>
internal static class ReceiptEndpoint
{
    /// <summary>PINs are made with <c>Receipts:Keys</c>; without one there are none.</summary>
    public static void AddReceipts(this WebApplicationBuilder builder) =>
        builder.Services.AddReceiptPins(builder.Configuration.Keys("Receipts:Keys"));

    public static void MapReceipt(this RouteGroupBuilder deliveries) =>
        deliveries
            .MapPost("{deliveryOrderId:guid}/confirm", ConfirmAsync)
            .WithName("confirmReceipt")
            .WithDescription(
                "In DELIVERED. With a PIN no credentials are needed; five wrong ones lock it for an hour."
            )
            .Idempotent()
            .AllowAnonymous()
            .WithSummary("The customer has it; with the parcel's PIN, whoever has it says so.")
            .ProducesProblem(403)
            .ProducesProblem(404)
            .ProducesProblem(429);

    private static async Task<Results<Ok<DeliveryView>, ProblemHttpResult, ChallengeHttpResult, ForbidHttpResult>> ConfirmAsync(
        Guid deliveryOrderId,
        ConfirmRequest? body,
        HttpContext context,
        StatusCaches status,
        ReceiptPins pins,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    )
    {
        var call = context.Features.Get<IdempotentCall>();
        if (body?.Pin is { } pin)
        {
            return await status.FindDeliveryAsync(deliveryOrderId, cancellationToken) is not { } parcel
                    ? Problem.NotFound("delivery", deliveryOrderId)
                : DeliveryEndpoints.IsOver(parcel) ? DeliveryEndpoints.Over(parcel)
                : pins.Generation.Length == 0 ? Problem.Conflict("Receipts are not confirmed by PIN here.", "NO_PINS")
                : await PinRefusalAsync(parcel, pin, call, pins, context, cancellationToken) is { } refusal ? refusal
                : Widen(await SayAsync(parcel, Actor.Recipient));
        }

        if (context.User.Identity is not { IsAuthenticated: true })
        {
            return TypedResults.Challenge();
        }

        if (Caller.Of(context.User).CustomerId is null)
        {
            return TypedResults.Forbid();
        }

        var owned = await OwnedResource.FindAsync(context);
        return Widen(await SayAsync(owned.Row, owned.Caller.Actor));

        Task<Results<Ok<DeliveryView>, ProblemHttpResult>> SayAsync(StatusDocument delivery, Actor actor)
        {
            var confirmation = new ReceiptConfirmation(actor, body?.Note);
            return DeliveryEndpoints.UpdateAsync(
                delivery,
                call,
                workflow => workflow.ConfirmReceiptAsync(confirmation),
                workflows,
                cancellationToken
            );
        }
    }

    private static async Task<ProblemHttpResult?> PinRefusalAsync(
        StatusDocument delivery,
        string pin,
        IdempotentCall? call,
        ReceiptPins pins,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var check = await pins.CheckAsync(delivery.Id, pin, call?.UpdateId ?? Guid.NewGuid().ToString(), cancellationToken);
        switch (check)
        {
            case { IsRight: true }:
                return null;
            case { LockedTill: { } till }:
                var seconds = Math.Max(1, Math.Ceiling((till - DateTimeOffset.UtcNow).TotalSeconds));
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                return Problem.TooMany(
                    $"Too many wrong PINs: none is accepted before {till.UtcDateTime:yyyy-MM-dd HH:mm} UTC.",
                    "PIN_LOCKED"
                );
            default:
                var more = check.TriesLeft == 1 ? "1 more wrong one" : $"{check.TriesLeft} more wrong ones";
                return Problem.Forbidden($"This is not the parcel's PIN. After {more}, all are refused for an hour.", "PIN_WRONG");
        }
    }

    private static Results<Ok<DeliveryView>, ProblemHttpResult, ChallengeHttpResult, ForbidHttpResult> Widen(
        Results<Ok<DeliveryView>, ProblemHttpResult> answer
    ) => answer.Result is Ok<DeliveryView> ok ? ok : (ProblemHttpResult)answer.Result;
}
