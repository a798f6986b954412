using Dapper;
using Npgsql;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Vouchers;

/// <summary>
/// Starts the workflow of every voucher that an order has earned: follows <c>order.completed</c> in <c>messages.outbox</c> by position, and
/// moves its cursor only when the workflows of a batch are started. Whatever dies or is away in between, the batch is done again, and a
/// workflow that was started is not started twice.
/// </summary>
public sealed class EarnedVouchers(NpgsqlDataSource database, ITemporalClient temporal)
{
    private const string Reader = "vouchers";
    private const string Completed = "order.completed";
    private const int AtOnce = 8;
    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>Deals with the next events, in one transaction; with none that writes when there are no events.</summary>
    /// <param name="limit">The most events.</param>
    /// <param name="cancellationToken">Gives up; nothing is lost by it.</param>
    /// <returns>Whether there may be more at once.</returns>
    /// <exception cref="RpcException">Temporal is away: the events are still to be dealt with.</exception>
    /// <exception cref="NpgsqlException">The database is away; likewise.</exception>
    public async Task<bool> StartAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await HasEventsAsync(connection, cancellationToken))
        {
            return false;
        }

        using var batch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        batch.CancelAfter(BatchTime);
        await using var transaction = await connection.BeginTransactionAsync(batch.Token);
        var position = await connection.QuerySingleOrDefaultAsync<long?>(
            new CommandDefinition(
                $"select position from messages.readers where reader = '{Reader}' for update skip locked",
                transaction: transaction,
                cancellationToken: batch.Token
            )
        );
        if (position is null)
        {
            // Another worker is at it.
            return false;
        }

        var events = (
            await connection.QueryAsync<Event>(
                new CommandDefinition(EventsSql, new { position, limit }, transaction, cancellationToken: batch.Token)
            )
        ).AsList();
        if (events.Count == 0)
        {
            return false;
        }

        await Parallel.ForEachAsync(
            events.Where(Earns),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = batch.Token },
            async (@event, cancellation) =>
                await StartAsync(new IssueVoucher(@event.OrderId, @event.CustomerId!.Value, VoucherRule.AmountCents), cancellation)
        );
        await connection.ExecuteAsync(
            new CommandDefinition(
                $"update messages.readers set position = @last where reader = '{Reader}'",
                new { last = events[^1].Position },
                transaction,
                cancellationToken: batch.Token
            )
        );
        await transaction.CommitAsync(batch.Token);
        return events.Count == limit;
    }

    private const string EventsSql = $"""
        select position as "Position", topic as "Topic", aggregate_id as "OrderId",
            case when topic = '{Completed}' then (payload->>'customerId')::uuid end as "CustomerId",
            case when topic = '{Completed}' then (payload->>'totalCents')::bigint end as "TotalCents"
        from messages.outbox
        where position > @position
        order by position
        limit @limit
        """;

    private static bool Earns(Event @event) =>
        @event.Topic == Completed
        && VoucherRule.ThresholdCents
            < (@event.TotalCents ?? throw new InvalidOperationException($"The event at position {@event.Position} names no total."));

    private static async Task<bool> HasEventsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(
                    $"""
                    select exists (
                        select from messages.outbox
                        where position > (select position from messages.readers where reader = '{Reader}'))
                    """,
                    cancellationToken: cancellationToken
                )
            );
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // This module's worker may be the first of the system to start.
            return false;
        }
    }

    private async Task StartAsync(IssueVoucher voucher, CancellationToken cancellationToken)
    {
        try
        {
            await temporal.StartWorkflowAsync(
                (VoucherWorkflow workflow) => workflow.RunAsync(voucher),
                new WorkflowOptions($"voucher-{voucher.OrderId}", VoucherModule.TaskQueue)
                {
                    IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
                    Rpc = new RpcOptions { Timeout = Answer, CancellationToken = cancellationToken },
                }
            );
        }
        catch (WorkflowAlreadyStartedException)
        {
            // Started before, in a batch whose end was not stored: there is one voucher per order.
        }
    }

    private sealed record Event(long Position, string Topic, Guid OrderId, Guid? CustomerId, long? TotalCents);
}
