using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>Following and deciding deliveries. Whether a move is legal is the workflow's to say.</summary>
static class DeliveryEndpoints
{
    public static void MapDeliveries(this WebApplication app)
    {
        var deliveries = app.MapGroup("/deliveries").WithTags("Deliveries").RequireAuthorization().ProducesProblem(401).ProducesProblem(503);
        deliveries.MapGet("", ListAsync).RequireAuthorization(ActorSetup.Operators).WithSummary("Lists delivery orders, oldest first.")
            .ProducesProblem(400).ProducesProblem(403);
        deliveries.MapGet("{deliveryOrderId:guid}", FindAsync).WithSummary("A delivery order's state and history.").ProducesProblem(404);
        deliveries.MapPost("{deliveryOrderId:guid}/confirm", ConfirmAsync).RequireAuthorization(ActorSetup.Customers)
            .WithSummary("The customer has it.").ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        deliveries.MapPost("{deliveryOrderId:guid}/dispute", DisputeAsync)
            .WithSummary("It was not delivered as it should.").ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        deliveries.MapPost("{deliveryOrderId:guid}/resolution", ResolveAsync).RequireAuthorization(ActorSetup.Operators)
            .WithSummary("An operator decides what happens to a failed delivery.").ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
    }

    static async Task<Results<StatusPage<DeliveryResponse>, ProblemHttpResult>> ListAsync(
        StatusReader reader, string? state, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        if (state is not null && !WireNames.TryParse<DeliveryState>(state, out _))
            return Problem.Malformed(new("state", "MALFORMED", $"state is one of {Names<DeliveryState>()}."));
        var page = await reader.ListDeliveriesAsync(state, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return new StatusPage<DeliveryResponse>([.. page.Items.Select(StatusDocument.Of)], page.Next is { } next ? PageRequest.Cursor(next) : null);
    }

    static async Task<Results<StatusResult<DeliveryResponse>, ProblemHttpResult>> FindAsync(
        Guid deliveryOrderId, Caller caller, StatusCaches status, CancellationToken cancellationToken) =>
        await OwnAsync(deliveryOrderId, caller, status, cancellationToken) is { } delivery
            ? new StatusResult<DeliveryResponse>(delivery)
            : Problem.NotFound("delivery", deliveryOrderId);

    static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> ConfirmAsync(
        Guid deliveryOrderId, ConfirmRequest? body, Caller caller, StatusCaches status, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken)
    {
        var message = new ReceiptConfirmation(caller.Actor, body?.Note);
        return await UpdateAsync(deliveryOrderId, workflow => workflow.ConfirmReceiptAsync(message), caller, status, workflows, request, cancellationToken);
    }

    static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> DisputeAsync(
        Guid deliveryOrderId, DisputeRequest body, Caller caller, StatusCaches status, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!WireNames.TryParse<DeliveryFailureReason>(body.Reason, out var reason))
            return Problem.Refused([new("#/reason", "UNKNOWN_REASON", $"reason is one of {Names<DeliveryFailureReason>()}.")]);
        var message = new DeliveryDispute(caller.Actor, reason, body.Note);
        return await UpdateAsync(
            deliveryOrderId, workflow => workflow.DisputeAsync(message), caller, status, workflows, request, cancellationToken);
    }

    static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> ResolveAsync(
        Guid deliveryOrderId, ResolutionRequest body, Caller caller, StatusCaches status, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken)
    {
        var faults = new List<Fault>();
        if (!WireNames.TryParse<DeliveryResolution>(body.Resolution, out var resolution))
            faults.Add(new("#/resolution", "UNKNOWN_RESOLUTION", $"resolution is one of {Names<DeliveryResolution>()}."));
        if (string.IsNullOrWhiteSpace(body.Reason))
            faults.Add(new("#/reason", "REASON_MISSING", "Say why: a change has a reason."));
        if (faults.Count > 0)
            return Problem.Refused(faults);
        var message = new DeliveryDecision(resolution, caller.Actor, body.Reason!);
        return await UpdateAsync(
            deliveryOrderId, workflow => workflow.ResolveAsync(message), caller, status, workflows, request, cancellationToken);
    }

    static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> UpdateAsync(
        Guid deliveryOrderId, Expression<Func<DeliveryWorkflow, Task<DeliveryView>>> update, Caller caller, StatusCaches status, WorkflowCalls workflows,
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (await OwnAsync(deliveryOrderId, caller, status, cancellationToken) is not { } delivery)
            return Problem.NotFound("delivery", deliveryOrderId);
        return await workflows.UpdateAsync(WorkflowIds.Delivery(deliveryOrderId), update, IdempotencyKey.Of(request), cancellationToken) switch
        {
            UpdateOutcome<DeliveryView>.Done done => TypedResults.Ok(done.View),
            UpdateOutcome<DeliveryView>.Refused refused => Problem.Conflict(refused.Reason, refused.Code),
            _ when delivery.Status == DeliveryState.Created.WireName() => Problem.Unavailable("The delivery has only just been created. Try again."),
            _ => Problem.Conflict($"The delivery is over: it is {delivery.Status}.", "OVER"),
        };
    }

    // A delivery of somebody else is not told from one that does not exist.
    static async ValueTask<StatusDocument?> OwnAsync(Guid deliveryOrderId, Caller caller, StatusCaches status, CancellationToken cancellationToken) =>
        await status.FindDeliveryAsync(deliveryOrderId, cancellationToken) is { } delivery && caller.MayActFor(delivery.CustomerId) ? delivery : null;

    static string Names<T>()
        where T : struct, Enum =>
        string.Join(", ", Enum.GetValues<T>().Select(value => value.WireName()));
}
