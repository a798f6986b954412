using Dapper;
using Npgsql;
using Temporalio.Client;

namespace TemporalDelivery.Chaos;

/// <summary>Whether everything has come to rest: nothing is going to change any more by itself.</summary>
internal static class Rest
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // How much is left to be done, and what.
    // An order whose cancellation was refused goes on, and one that has lost its run waits for the clerk only.
    private const string UnrestSql = """
        with open_tasks as (
            select order_id from orders.operator_tasks
            where closed_at is null and order_id is not null and kind not in ('CANCEL_REFUSED', 'STORY_LOST')
        )
        select what, count(*) as count
        from (
            select 'orders under way' as what from orders.orders
            where status not in ('COMPLETED', 'FAILED', 'CANCELLED') and order_id not in (select order_id from open_tasks)
            union all
            select 'deliveries under way' from deliveries.delivery_orders where active and order_id not in (select order_id from open_tasks)
            union all
            select 'orders without a run' from orders.operator_tasks where closed_at is null and kind = 'STORY_LOST'
            union all
            select 'marks to project' from orders.projection_marks
            union all
            select 'events to hand on' from messages.inbox where handled_at is null
            union all
            select 'events to publish' from messages.outbox where position is null
            union all
            select 'events that ' || r.reader || ' has to read' from messages.outbox o join messages.readers r on r.position < o.position
            union all
            select 'mails to send' from messages.mails where state = 'WAITING'
            union all
            select 'webhooks to send' from messages.webhook_deliveries join messages.webhook_endpoints using (endpoint_id)
            where state = 'WAITING' and paused_at is null
            union all
            -- Not even a row tells of a voucher whose workflow has only begun.
            select 'vouchers to earn' from orders.orders left join vouchers.vouchers using (order_id)
            where orders.status = 'COMPLETED' and total_cents > 10000 and activated_at is null
            union all
            select 'workflows of what is over' from unnest(@Running) r
            where r in (
                select 'order-' || order_id from orders.orders where status in ('COMPLETED', 'FAILED', 'CANCELLED')
                union all
                select 'delivery-' || delivery_order_id from deliveries.delivery_orders where not active
                union all
                select 'voucher-' || order_id from vouchers.vouchers where activated_at is not null)
        ) unrest
        group by what
        order by what
        """;

    /// <summary>Waits for it, as long as <paramref name="patience"/>; false when that was not long enough.</summary>
    public static async Task<bool> WaitAsync(
        NpgsqlConnection connection,
        ITemporalClient temporal,
        TimeSpan patience,
        Clock clock,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        using var look = new PeriodicTimer(Look);
        string last = "";
        try
        {
            while (true)
            {
                var now = await LeftAsync(connection, await RunningAsync(temporal, limit.Token), limit.Token);
                if (now.Length == 0)
                {
                    return true;
                }

                if (now != last)
                {
                    clock.Say($"waiting for {now}");
                }

                last = now;
                await look.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (Exception failure) when (IsOver(failure, limit) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What is left to be done, in words; none when nothing is.</summary>
    public static async Task<string> LeftAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> running,
        CancellationToken cancellationToken
    )
    {
        var left = await connection.QueryAsync<(string What, long Count)>(
            new CommandDefinition(UnrestSql, new { Running = running.ToArray() }, cancellationToken: cancellationToken)
        );
        return string.Join(", ", left.Select(one => $"{one.Count} {one.What}"));
    }

    /// <summary>The ids of the workflows that run.</summary>
    public static async Task<IReadOnlyList<string>> RunningAsync(ITemporalClient temporal, CancellationToken cancellationToken) =>
        [.. (await ListAsync(temporal, isRunning: true, cancellationToken)).Select(run => run.Id)];

    /// <summary>The runs of workflows that run, or that have ended.</summary>
    public static async Task<IReadOnlyList<WorkflowExecution>> ListAsync(
        ITemporalClient temporal,
        bool isRunning,
        CancellationToken cancellationToken
    )
    {
        var runs = new List<WorkflowExecution>();
        var options = new WorkflowListOptions { Rpc = new RpcOptions { CancellationToken = cancellationToken } };
        var query = $"ExecutionStatus {(isRunning ? "=" : "!=")} 'Running'";
        await foreach (var run in temporal.ListWorkflowsAsync(query, options).WithCancellation(cancellationToken))
        {
            runs.Add(run);
        }

        return runs;
    }

    // Each client has a way of its own to say that it was told to stop.
    private static bool IsOver(Exception failure, CancellationTokenSource limit) =>
        limit.IsCancellationRequested && failure is OperationCanceledException or Temporalio.Exceptions.RpcException;
}
