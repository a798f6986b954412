using Dapper;
using Npgsql;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Database.Orders;

/// <summary>
/// The steps of an order, each one transaction: gated by the order's locked row, told apart by the audit's unique (order, attempt, state).
/// All take their locks in one order (the order, then the stock by SKU), so no two ever wait for each other in a circle.
/// </summary>
public sealed class OrderSteps(NpgsqlDataSource source, PlacedOrders placed, WakeSignals wake) : IOrderActivities
{
    /// <inheritdoc/>
    /// <exception cref="UnexpectedStateException">There is no such order, or it is in another attempt.</exception>
    [Activity]
    public async Task<OrderAdmission> AdmitOrderAsync(OrderAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var cancellationToken = RunningActivity.Cancellation;
        var (draft, facts) = await placed.FindAsync(attempt.OrderId, cancellationToken)
            ?? throw new UnexpectedStateException($"There is no order {attempt.OrderId}.");
        var faults = OrderRules.Faults(draft, facts);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<StandingRow>(
            new CommandDefinition(
                $"{(faults.Count == 0 ? OrderStepsSql.Admit : OrderStepsSql.Refuse)}; {OrderStepsSql.LeaveIfOver}; {OrderStepsSql.Standing}",
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    PaymentId = Guid.CreateVersion7(),
                    Reason = string.Join("; ", faults.Select(fault => $"{fault.Field}: {fault.Message}")),
                    RunningActivity.WorkflowRun,
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
        return Of(row, attempt) switch
        {
            { FailureType: { } type } failed => new OrderAdmission(OrderStatus.Failed, type, failed.Reason),
            { } over when over.Status == OrderStatus.Cancelled.WireName() => new OrderAdmission(OrderStatus.Cancelled, Reason: over.Reason),
            { Undoing: true } undoing => await UndoneAgainAsync(connection, attempt, undoing, cancellationToken),
            var found => new OrderAdmission(found.Parsed),
        };
    }

    private static async Task<OrderAdmission> UndoneAgainAsync(
        NpgsqlConnection connection,
        OrderAttempt attempt,
        StandingRow undoing,
        CancellationToken cancellationToken
    )
    {
        var (failure, actor, reason) = await connection.QuerySingleAsync<(string? Failure, string Actor, string Reason)>(
            new CommandDefinition(
                $"""
                select ending.failure, ending.actor, ending.reason
                from orders.orders o
                {OrderStepsSql.Ending}
                where o.order_id = @OrderId
                """,
                new { attempt.OrderId },
                cancellationToken: cancellationToken
            )
        );
        return new OrderAdmission(undoing.Parsed, failure, reason, Actor.Parse(actor));
    }

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> FindOrderAsync(OrderAttempt attempt) => RunAsync(attempt, step: null, new());

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> BeginUndoAsync(OrderClosing closing) => EndAsync(closing, OrderStepsSql.BeginUndo);

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> CloseOrderAsync(OrderClosing closing) => EndAsync(closing, OrderStepsSql.Close);

    private Task<OrderStanding> EndAsync(OrderClosing closing, string step)
    {
        ArgumentNullException.ThrowIfNull(closing);
        return RunAsync(
            new OrderAttempt(closing.OrderId, closing.Attempt),
            step,
            new()
            {
                FailureType = closing.FailureType,
                Reason = closing.Reason,
                Actor = closing.Actor.ToString(),
                IsParcelOut = closing.IsParcelOut,
            }
        );
    }

    /// <inheritdoc/>
    [Activity]
    public Task<OrderStanding> CompleteOrderAsync(OrderCompletion completion)
    {
        ArgumentNullException.ThrowIfNull(completion);
        return RunAsync(
            new OrderAttempt(completion.OrderId, completion.Attempt),
            OrderStepsSql.Complete,
            new()
            {
                Event = completion.HandOver is null ? OrderEvents.Fulfilled : OrderEvents.FulfilledManually,
                Reason = completion.HandOver?.Reason,
                Actor = (completion.HandOver?.Actor ?? Actor.System).ToString(),
            }
        );
    }

    private async Task<OrderStanding> RunAsync(OrderAttempt attempt, string? step, StepValues values)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var cancellationToken = RunningActivity.Cancellation;
        await using var connection = await source.OpenConnectionAsync(cancellationToken);

        // The statements of one command are one transaction, and the last sees what a repetition beside this one has committed.
        var row = await connection.QuerySingleOrDefaultAsync<StandingRow>(
            new CommandDefinition(
                step is null ? OrderStepsSql.Standing : $"{step}; {OrderStepsSql.LeaveIfOver}; {OrderStepsSql.Standing}",
                new
                {
                    attempt.OrderId,
                    attempt.Attempt,
                    values.Event,
                    values.FailureType,
                    values.Reason,
                    values.Actor,
                    values.IsParcelOut,
                    TaskId = Guid.CreateVersion7(),
                    StockNotCommitted = OperatorTaskKind.StockNotCommitted.WireName(),
                    RunningActivity.WorkflowRun,
                },
                cancellationToken: cancellationToken
            )
        );
        wake.Signal(Channels.Audited);
        wake.Signal(Channels.OutboxFilled);
        var found = Of(row, attempt);
        return new OrderStanding(
            found.Parsed,
            found.PaymentOpen,
            found.DeliveryOrderId,
            found.IsDeliveryActive,
            found.FailureType,
            found.Reason
        );
    }

    private static StandingRow Of(StandingRow? row, OrderAttempt attempt) =>
        row switch
        {
            null => throw new UnexpectedStateException($"There is no order {attempt.OrderId}."),
            _ when row.Attempt < attempt.Attempt || row.Status is null => throw new UnexpectedStateException(
                $"Order {attempt.OrderId} is in attempt {row.Attempt}: there is no attempt {attempt.Attempt}."
            ),
            _ => row,
        };

    private sealed record StepValues
    {
        public string? Event { get; init; }

        public string? FailureType { get; init; }

        public string? Reason { get; init; }

        public string? Actor { get; init; }

        public bool IsParcelOut { get; init; }
    }

    private sealed record StandingRow(
        int Attempt,
        bool Undoing,
        string? Status,
        string? FailureType,
        string? Reason,
        bool PaymentOpen,
        Guid? DeliveryOrderId,
        bool IsDeliveryActive
    )
    {
        public OrderStatus Parsed => WireNames.Parse<OrderStatus>(Status!);
    }
}
