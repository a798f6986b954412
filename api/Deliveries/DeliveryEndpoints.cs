using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>Following and deciding deliveries. Whether a move is legal is for the workflow to say.</summary>
internal static class DeliveryEndpoints
{
    public static void MapDeliveries(this WebApplication app)
    {
        var deliveries = app.MapGroup("/deliveries")
            .WithTags("Deliveries")
            .RequireAuthorization(Policies.Owner)
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(401)
            .ProducesProblem(503);
        deliveries
            .MapGet("", ListAsync)
            .WithName("listDeliveries")
            .WithDescription("From the read model, with state=PENDING_BY_OPERATOR those that wait for an operator.")
            .RequireAuthorization(Policies.Operator)
            .WithSummary("Lists delivery orders, oldest first.")
            .ProducesProblem(400)
            .ProducesProblem(403);
        deliveries
            .MapGet("{deliveryOrderId:guid}", Find)
            .WithName("findDelivery")
            .WithDescription("From the read model. Its customer also sees the PIN with which whoever has the parcel confirms it.")
            .WithSummary("A delivery order's state and history.")
            .ProducesProblem(404);
        deliveries.MapReceipt();
        deliveries
            .MapPost("{deliveryOrderId:guid}/dispute", DisputeAsync)
            .WithName("disputeDelivery")
            .WithDescription("In DELIVERED, until the receipt is confirmed: an operator decides then.")
            .Idempotent()
            .WithSummary("It was not delivered as it should.")
            .ProducesProblem(404);
        deliveries
            .MapPost("{deliveryOrderId:guid}/resolution", ResolveAsync)
            .WithName("resolveDelivery")
            .WithDescription("In PENDING_BY_OPERATOR. When the parcel had left, goods says what became of its goods.")
            .Idempotent()
            .RequireAuthorization(Policies.Operator)
            .WithSummary("An operator decides what happens to a failed delivery.")
            .ProducesProblem(403)
            .ProducesProblem(404);
    }

    private static async Task<StatusPage<DeliveryResponse>> ListAsync(
        StatusReader reader,
        [OneOf<DeliveryState>] string? state,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var known = OneOf.Query<DeliveryState>(state, "state")?.WireName();
        var page = await reader.ListDeliveriesAsync(known, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        var documents = page.Items.Select(StatusDocument.Of).ToList();
        return new StatusPage<DeliveryResponse>(documents, page.Next is { } next ? PageRequest.Cursor(next) : null);
    }

    private static StatusResult<DeliveryResponse> Find(OwnedResource delivery, ReceiptPins pins) =>
        new(
            delivery.Caller.CustomerId == delivery.Row.CustomerId && !IsOver(delivery.Row) && pins.Of(delivery.Id) is { } pin
                ? delivery.Row.With("pin", pin, pins.Generation)
                : delivery.Row
        );

    /// <summary>
    /// Whether nothing happens to the delivery any more. (Which states are final is the same in every version of the graph.)
    /// </summary>
    public static bool IsOver(StatusDocument delivery) =>
        DeliveryGraph.OfVersion(DeliveryGraph.CurrentVersion).IsTerminal(WireNames.Parse<DeliveryState>(delivery.Status));

    private static Task<Results<Ok<DeliveryView>, ProblemHttpResult>> DisputeAsync(
        OwnedResource delivery,
        DisputeRequest body,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    )
    {
        var dispute = new DeliveryDispute(delivery.Caller.Actor, WireNames.Parse<DeliveryFailureReason>(body.Reason!), body.Note);
        return UpdateAsync(delivery.Row, delivery.Call, workflow => workflow.DisputeAsync(dispute), workflows, cancellationToken);
    }

    private static Task<Results<Ok<DeliveryView>, ProblemHttpResult>> ResolveAsync(
        OwnedResource delivery,
        ResolutionRequest body,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    )
    {
        var decision = new DeliveryDecision(
            WireNames.Parse<DeliveryResolution>(body.Resolution!),
            delivery.Caller.Actor,
            body.Reason!,
            body.Goods is null ? null : WireNames.Parse<GoodsOutcome>(body.Goods)
        );
        return UpdateAsync(delivery.Row, delivery.Call, workflow => workflow.ResolveAsync(decision), workflows, cancellationToken);
    }

    /// <summary>409: nothing happens to the delivery any more.</summary>
    public static ProblemHttpResult Over(StatusDocument delivery) =>
        Problem.Conflict($"The delivery is over: it is {delivery.Status}.", "OVER");

    /// <summary>Sends the update of a request, and answers with the workflow's word.</summary>
    public static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> UpdateAsync(
        StatusDocument delivery,
        IdempotentCall? call,
        Expression<Func<DeliveryWorkflow, Task<DeliveryView>>> update,
        WorkflowCalls workflows,
        CancellationToken cancellationToken
    ) =>
        await workflows.UpdateAsync(WorkflowIds.Delivery(delivery.Id), update, call?.UpdateId, cancellationToken) switch
        {
            UpdateOutcome<DeliveryView>.Done done => TypedResults.Ok(done.View),
            UpdateOutcome<DeliveryView>.Refused refused => Problem.Conflict(refused.Reason, refused.Code),
            _ when delivery.Status == DeliveryState.Created.WireName() => Problem.Unavailable(
                "The delivery has only just been created. Try again."
            ),
            _ when IsOver(delivery) => Over(delivery),
            // The read model may not have heard yet of its end.
            _ => Problem.Conflict(
                $"Nothing works on the delivery, which was {delivery.Status} a moment ago: it has just ended, or an operator is told of it.",
                "NOT_RUNNING"
            ),
        };
}
