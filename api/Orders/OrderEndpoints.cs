using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>Placing, following and changing orders.</summary>
static class OrderEndpoints
{
    const int MaxPlaceBytes = 1024 * 1024;

    public static void AddOrders(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OrderIntake>().AddSingleton<OrderStatusQuery>();

    public static void MapOrders(this WebApplication app)
    {
        var orders = app.MapGroup("/orders").WithTags("Orders").RequireAuthorization().ProducesProblem(401).ProducesProblem(503);
        orders.MapPost("", PlaceAsync).Accepts<OrderRequest>("application/json").WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxPlaceBytes))
            .WithSummary("Places one order, or an array of them: all or none.").ProducesProblem(400).ProducesProblem(403).ProducesProblem(422);
        orders.MapGet("", ListAsync).WithSummary("Lists orders, newest first.").ProducesProblem(400).ProducesProblem(403);
        orders.MapGet("{orderId:guid}", FindAsync).WithSummary("An order's status, lines, history and tracking.").ProducesProblem(404);
        orders.MapPost("{orderId:guid}/cancel", CancelAsync).WithSummary("Cancels an order that the partner has not picked up.")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        orders.MapPost("{orderId:guid}/retry", RetryAsync).WithSummary("Tries a FAILED order once more.")
            .ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        orders.MapPut("{orderId:guid}/fulfillment", FulfillAsync).RequireAuthorization(ActorSetup.Operators).WithSummary("Says that the goods were handed over in the shop.")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
    }

    static async Task<Results<AcceptedResult, ProblemHttpResult>> PlaceAsync(
        OrdersBody body, Caller caller, OrderIntake intake, HttpRequest request, CancellationToken cancellationToken)
    {
        if (body.Orders.Any(order => order.CustomerId is { } customer && !caller.MayActFor(customer)))
            return Problem.Forbidden("A customer places orders for themselves.");

        return await intake.AcceptAsync(body, IdempotencyKey.Of(request), caller, cancellationToken) switch
        {
            IntakeOutcome.Accepted accepted => new AcceptedResult(accepted.Answer),
            IntakeOutcome.Refused refused => Problem.Refused(refused.Faults),
            _ => Problem.Refused([new(IdempotencyKey.Header, "KEY_REUSED", "This idempotency key was used for another request.")]),
        };
    }

    static async Task<Results<StatusPage<OrderResponse>, ProblemHttpResult>> ListAsync(
        Caller caller, StatusReader reader, Guid? customerId, string? status, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        var owner = customerId ?? caller.CustomerId;
        if (owner is { } customer && !caller.MayActFor(customer))
            return Problem.Forbidden("A customer sees their own orders.");
        if (status is not null && !WireNames.TryParse<OrderStatus>(status, out _))
            return Problem.Malformed(new("status", "MALFORMED", $"status is one of {string.Join(", ", Enum.GetValues<OrderStatus>().Select(known => known.WireName()))}."));

        var page = await reader.ListOrdersAsync(owner, status, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        return new StatusPage<OrderResponse>([.. page.Items.Select(StatusDocument.Of)], page.Next is { } next ? PageRequest.Cursor(next) : null);
    }

    static async Task<Results<StatusResult<OrderResponse>, Ok<System.Text.Json.Nodes.JsonObject>, ProblemHttpResult>> FindAsync(
        Guid orderId, Caller caller, StatusCaches status, OrderStatusQuery query, bool? consistent, CancellationToken cancellationToken)
    {
        if (await OwnAsync(orderId, caller, status, cancellationToken) is not { } order)
            return Problem.NotFound("order", orderId);
        return consistent == true
            ? TypedResults.Ok(await query.AskAsync(order, cancellationToken))
            : new StatusResult<OrderResponse>(order);
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> CancelAsync(
        Guid orderId, ReasonRequest body, Caller caller, StatusCaches status, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken)
    {
        if (await OwnAsync(orderId, caller, status, cancellationToken) is not { } order)
            return Problem.NotFound("order", orderId);
        if (string.IsNullOrWhiteSpace(body.Reason))
            return ReasonMissing();
        var message = new CancelOrder(caller.Actor, body.Reason);
        return await UpdateAsync(order, workflow => workflow.CancelAsync(message), workflows, request, cancellationToken);
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> FulfillAsync(
        Guid orderId, ReasonRequest body, Caller caller, StatusCaches status, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken)
    {
        if (await OwnAsync(orderId, caller, status, cancellationToken) is not { } order)
            return Problem.NotFound("order", orderId);
        if (string.IsNullOrWhiteSpace(body.Reason))
            return ReasonMissing();
        var message = new ManualFulfillment(caller.Actor, body.Reason);
        return await UpdateAsync(order, workflow => workflow.FulfillManuallyAsync(message), workflows, request, cancellationToken);
    }

    static async Task<Results<Accepted<RetryResponse>, ProblemHttpResult>> RetryAsync(
        Guid orderId, ReasonRequest body, Caller caller, StatusCaches status, Database.Orders.OrderStore store, CancellationToken cancellationToken)
    {
        if (await OwnAsync(orderId, caller, status, cancellationToken) is not { } order)
            return Problem.NotFound("order", orderId);
        if (string.IsNullOrWhiteSpace(body.Reason))
            return ReasonMissing();
        return await store.RetryAsync(orderId, caller.Actor, body.Reason, cancellationToken) is { } attempt
            ? TypedResults.Accepted($"/orders/{orderId}", new RetryResponse(orderId, attempt))
            : Problem.Conflict($"Only a FAILED order can be retried; this one is {order.Status}.", "NOT_FAILED");
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> UpdateAsync(
        StatusDocument order, Expression<Func<OrderWorkflow, Task<OrderView>>> update, WorkflowCalls workflows, HttpRequest request, CancellationToken cancellationToken) =>
        await workflows.UpdateAsync(WorkflowIds.Order(order.Id), update, IdempotencyKey.Of(request), cancellationToken) switch
        {
            UpdateOutcome<OrderView>.Done done => TypedResults.Ok(done.View),
            UpdateOutcome<OrderView>.Refused refused => Problem.Conflict(refused.Reason, refused.Code),
            _ when order.Status == OrderStatus.Pending.WireName() => Problem.Unavailable("The order is accepted, but its processing has not begun. Try again."),
            _ => Problem.Conflict($"The order is over: it is {order.Status}.", "OVER"),
        };

    // An order of somebody else is not told from one that does not exist.
    static async ValueTask<StatusDocument?> OwnAsync(Guid orderId, Caller caller, StatusCaches status, CancellationToken cancellationToken) =>
        await status.FindOrderAsync(orderId, cancellationToken) is { } order && caller.MayActFor(order.CustomerId) ? order : null;

    static ProblemHttpResult ReasonMissing() => Problem.Refused([new("#/reason", "REASON_MISSING", "Say why: a change has a reason.")]);
}

/// <summary>A failed order that is tried again.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Attempt">Its attempt now.</param>
public sealed record RetryResponse(Guid OrderId, int Attempt);
