using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Cancelling;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Api.Vouchers;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>Placing, following and changing orders. Whether a change is legal is for the workflow to say.</summary>
internal static class OrderEndpoints
{
    private static readonly IReadOnlyList<string> Ended =
    [
        OrderStatus.Completed.WireName(),
        OrderStatus.Failed.WireName(),
        OrderStatus.Cancelled.WireName(),
    ];

    private const int MaxPlaceBytes = 1024 * 1024;

    public static void AddOrders(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<OrderIntake>().AddSingleton<OrderStatusQuery>();

    public static void MapOrders(this WebApplication app)
    {
        var orders = app.MapGroup("/orders")
            .WithTags("Orders")
            .AddEndpointFilter<CheckedBodyFilter>()
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(503);
        orders
            .MapPost("", PlaceAsync)
            .WithName("placeOrder")
            .WithDescription(
                "Answers when the order is stored; what becomes of it is read at its Location. An array is answered by an array."
            )
            .RequireAuthorization(Policies.Buyer)
            .Accepts<OrderRequest>("application/json")
            .WithMetadata(new OneOrMany(OrdersBody.MaxOrders), new LocatedAnswer(), new IdempotentEndpoint(KeepsAnswers: true))
            .WithMetadata(new RequestSizeLimitAttribute(MaxPlaceBytes))
            .WithSummary("Places one order, or an array of them: all or none.")
            .ProducesProblem(400)
            .ProducesProblem(422);
        orders
            .MapPost("quote", QuoteAsync)
            .WithName("quoteOrder")
            .WithDescription("Judged by the same rules as an order that is placed, and at the prices of now. Nothing is stored or held.")
            .RequireAuthorization(Policies.Buyer)
            .WithSummary("What an order would cost, voucher included, and everything that it would be refused for. Nothing is stored.")
            .ProducesProblem(400);
        orders
            .MapGet("", ListAsync)
            .WithName("listOrders")
            .WithDescription("From the read model, which follows the orders by moments. Customers see their own.")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("Lists orders, newest first.")
            .ProducesProblem(400);
        orders
            .MapGet("{orderId:guid}", FindAsync)
            .WithName("findOrder")
            .WithDescription("From the read model; with consistent=true the order's workflow itself is asked.")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("An order's status, lines, history and tracking.")
            .ProducesProblem(404);
        orders
            .MapPost("{orderId:guid}/cancel", CancelAsync)
            .WithName("cancelOrder")
            .WithDescription("200 when it is cancelled, 202 while that is under way, 409 when the partner has it.")
            .RequireAuthorization(Policies.Owner)
            .Idempotent()
            .WithSummary("Cancels an order that the partner has not picked up; 202 while that is under way.")
            .Produces<OrderResponse>(202)
            .ProducesProblem(404);
        orders
            .MapPost("{orderId:guid}/retry", RetryAsync)
            .WithMetadata(new LocatedAnswer())
            .WithName("retryOrder")
            .WithDescription("The order keeps its id and gains an attempt, perhaps with another means of payment or another voucher.")
            .RequireAuthorization(Policies.Owner)
            .Idempotent()
            .WithSummary("Tries a FAILED order once more.")
            .ProducesProblem(404);
        orders
            .MapPut("{orderId:guid}/fulfillment", FulfillAsync)
            .WithName("fulfillOrder")
            .WithDescription("Ends the delivery that may be under way, and completes the order.")
            .RequireAuthorization(Policies.Operator)
            .Idempotent()
            .WithSummary("Says that the goods were handed over in the shop.")
            .ProducesProblem(404);
    }

    private static async Task<Results<AcceptedResult, ProblemHttpResult>> PlaceAsync(
        OrdersBody body,
        Caller caller,
        OrderIntake intake,
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (body.Orders.Any(order => order.CustomerId is { } customer && !caller.MayOrderFor(customer)))
        {
            return Problem.Forbidden("A customer places orders for themselves.");
        }

        return await intake.AcceptAsync(body, IdempotencyKey.Of(request), caller, cancellationToken) switch
        {
            IntakeOutcome.Accepted accepted => new AcceptedResult(accepted.Answer),
            IntakeOutcome.Refused refused => Problem.Refused(refused.Faults),
            _ => Problem.KeyReused(),
        };
    }

    private static async Task<Results<Ok<QuoteResponse>, ProblemHttpResult>> QuoteAsync(
        OrderRequest body,
        Caller caller,
        OrderIntake intake,
        CancellationToken cancellationToken
    ) =>
        body.CustomerId is { } customer && !caller.MayOrderFor(customer)
            ? Problem.Forbidden("A customer places orders for themselves.")
            : TypedResults.Ok(await intake.QuoteAsync(body, cancellationToken));

    private static async Task<Results<StatusPage<OrderResponse>, ProblemHttpResult>> ListAsync(
        Caller caller,
        StatusReader reader,
        Guid? customerId,
        [OneOf<OrderStatus>] string? status,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var owner = customerId ?? caller.CustomerId;
        if (owner is { } customer && !caller.MayActFor(customer))
        {
            return Problem.Forbidden("A customer sees their own orders.");
        }

        var known = OneOf.Query<OrderStatus>(status, "status")?.WireName();
        var page = await reader.ListOrdersAsync(owner, known, PageRequest.Cursor(cursor), PageRequest.Limit(limit), cancellationToken);
        var documents = page.Items.Select(StatusDocument.Of).ToList();
        return new StatusPage<OrderResponse>(documents, page.Next is { } next ? PageRequest.Cursor(next) : null);
    }

    private static async Task<Results<StatusResult<OrderResponse>, Ok<JsonObject>>> FindAsync(
        OwnedResource order,
        OrderStatusQuery query,
        bool? consistent,
        CancellationToken cancellationToken
    ) =>
        consistent == true
            ? TypedResults.Ok(await query.AskAsync(order.Row, cancellationToken))
            : new StatusResult<OrderResponse>(order.Row);

    private static async Task<Results<CurrentStatusResult<OrderResponse>, ProblemHttpResult>> CancelAsync(
        OwnedResource order,
        ReasonRequest body,
        OrderCancelling cancelling,
        StatusReader reader,
        CancellationToken cancellationToken
    )
    {
        var id = order.Call?.UpdateId ?? Guid.CreateVersion7().ToString();
        var cancellation = new OrderCancellation(id, order.Id, order.Caller.Actor, body.Reason!);
        return await cancelling.CancelAsync(cancellation, cancellationToken) switch
        {
            CancellationStanding.Granted => await CurrentAsync(order, reader, StatusCodes.Status200OK, cancellationToken),
            CancellationStanding.Refused refused => Problem.Conflict(refused.Reason, OrderFailure.CancelRefused),
            CancellationStanding.Over over => Over(over.Status),
            _ => await CurrentAsync(order, reader, StatusCodes.Status202Accepted, cancellationToken),
        };
    }

    private static async Task<Results<CurrentStatusResult<OrderResponse>, ProblemHttpResult>> FulfillAsync(
        OwnedResource order,
        ReasonRequest body,
        WorkflowCalls workflows,
        StatusReader reader,
        CancellationToken cancellationToken
    )
    {
        var fulfillment = new ManualFulfillment(order.Caller.Actor, body.Reason!);
        return await workflows.UpdateAsync(
            WorkflowIds.Order(order.Id),
            (OrderWorkflow workflow) => workflow.FulfillManuallyAsync(fulfillment),
            order.Call?.UpdateId,
            cancellationToken
        ) switch
        {
            UpdateOutcome<OrderView>.Done => await CurrentAsync(order, reader, StatusCodes.Status200OK, cancellationToken),
            UpdateOutcome<OrderView>.Refused refused => Problem.Conflict(refused.Reason, refused.Code),
            _ => NotRunning(StatusDocument.Of(await reader.ReadOrderAsync(order.Id, cancellationToken)).Status),
        };
    }

    private static async Task<Results<Accepted<RetryResponse>, ProblemHttpResult>> RetryAsync(
        OwnedResource order,
        RetryRequest body,
        OrderStore store,
        StatusReader reader,
        VoucherCheck vouchers,
        CancellationToken cancellationToken
    )
    {
        if (
            !string.IsNullOrWhiteSpace(body.VoucherCode)
            && await vouchers.LookAsync([new("#/voucherCode", body.VoucherCode, order.Row.CustomerId)], cancellationToken)
                is { Faults: { Count: > 0 } faults }
        )
        {
            return Problem.Refused(faults);
        }

        var retry = new OrderRetry(order.Id, order.Caller.Actor, body.Reason!, body.PaymentToken, body.VoucherCode?.Trim());
        return await store.RetryAsync(retry, order.Call?.Request, cancellationToken) switch
        {
            { Attempt: { } attempt } => TypedResults.Accepted($"/orders/{order.Id}", new RetryResponse(order.Id, attempt)),
            { IsUndone: false } => Problem.Conflict("Something of the attempt before is still to be undone by an operator.", "NOT_UNDONE"),
            _ => NotFailed(StatusDocument.Of(await reader.ReadOrderAsync(order.Id, cancellationToken)).Status),
        };
    }

    private static async Task<CurrentStatusResult<OrderResponse>> CurrentAsync(
        OwnedResource order,
        StatusReader reader,
        int statusCode,
        CancellationToken cancellationToken
    ) => new(StatusDocument.Of(await reader.ReadOrderAsync(order.Id, cancellationToken)), statusCode);

    // What the tables say: the read model may not have heard yet of what the request was refused for.
    private static ProblemHttpResult NotFailed(string status) =>
        status == OrderStatus.Failed.WireName()
            ? Problem.Unavailable("The order has failed just now. Try again.")
            : Problem.Conflict($"Only a FAILED order can be retried; this one is {status}.", "NOT_FAILED");

    private static ProblemHttpResult NotRunning(string status) =>
        status switch
        {
            _ when status == OrderStatus.Pending.WireName() => Problem.Unavailable(
                "The order is accepted, but its processing has not begun. Try again."
            ),
            _ when Ended.Contains(status) => Over(status),
            _ => Problem.Conflict($"Nothing works on the order, which is {status}; an operator is told of it.", "NOT_RUNNING"),
        };

    private static ProblemHttpResult Over(string status) => Problem.Conflict($"The order is over: it is {status}.", "OVER");
}
