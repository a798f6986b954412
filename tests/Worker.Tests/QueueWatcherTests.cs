using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Worker.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Worker.Tests;

public sealed class QueueWatcherTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_that_is_opened_or_happens_again_is_a_warning_in_the_log_once()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        var lines = new ConcurrentQueue<string>();
        await shop.RelayAsync("127.0.0.1:1", lines: lines);
        var task = new OperatorTask($"order-{order}/x", order, null, OperatorTaskKind.UndoFailed, "it is away", "run/1");
        var store = shop.Get<OperatorTaskStore>();

        await store.OpenOperatorTaskAsync(task);
        await shop.UntilAsync(AnnouncedSql, 1L);
        await store.OpenOperatorTaskAsync(task);
        await store.OpenOperatorTaskAsync(task with { Occasion = "run/2", Detail = "it is still away" });
        await shop.UntilAsync("select count(*) from orders.operator_tasks where announced_at is not null and occasion = 'run/2'", 1L);

        Assert.Equal(
            [
                $"Operator task UNDO_FAILED of order {order}, delivery (null): it is away",
                $"Operator task UNDO_FAILED of order {order}, delivery (null): it is still away",
            ],
            lines.Where(line => line.StartsWith("Operator task", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task The_meter_says_how_many_tasks_are_open_and_for_how_long()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PendingAsync("pay_1");
        var host = await shop.RelayAsync("127.0.0.1:1");
        await shop.ExecuteAsync(
            $"""
            insert into orders.operator_tasks (task_id, task_key, kind, order_id, detail, opened_at)
            select gen_random_uuid(), n::text, 'UNDO_FAILED', '{order}', 'x', now() - n * interval '1 hour' from generate_series(1, 3) n
            """
        );

        var measured = await UntilMeasuredAsync(host, measures => measures["operator.tasks.open UNDO_FAILED"] == 3);
        await shop.Get<OperatorTaskStore>().CloseOperatorTaskAsync(new("3", "done", Actor.System));
        var later = await UntilMeasuredAsync(host, measures => measures["operator.tasks.open UNDO_FAILED"] == 2);

        Assert.InRange(measured["operator.tasks.oldest.age UNDO_FAILED"], 3 * 3600, (3 * 3600) + 600);
        Assert.InRange(later["operator.tasks.oldest.age UNDO_FAILED"], 2 * 3600, (2 * 3600) + 600);
        Assert.Equal(0, measured["operator.tasks.open STEP_OVERDUE"]);
        Assert.Equal(0, measured["operator.tasks.oldest.age STEP_OVERDUE"]);
    }

    [Fact]
    public async Task Messages_that_do_not_get_on_are_seen()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsync(
            """
            insert into messages.outbox (event_id, topic, aggregate_id, payload, position, published_at)
            values (gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}', 1, now() - interval '1 hour')
            """
        );

        await shop.RelayAsync("127.0.0.1:1");

        await shop.UntilAsync(
            "select count(*) from orders.operator_tasks where task_key = 'outbox/vouchers' and announced_at is not null",
            1L
        );
    }

    private const string AnnouncedSql = "select count(*) from orders.operator_tasks where announced_at is not null";

    private static async Task<IReadOnlyDictionary<string, double>> UntilMeasuredAsync(
        IHost host,
        Predicate<IReadOnlyDictionary<string, double>> isSo
    )
    {
        while (true)
        {
            Now.ThrowIfCancellationRequested();
            if (Measure(host) is var measures && isSo(measures))
            {
                return measures;
            }

            await Task.Yield();
        }
    }

    private static Dictionary<string, double> Measure(IHost host)
    {
        var scope = host.Services.GetRequiredService<IMeterFactory>();
        var measures = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                // Of this host only: other tests have theirs in the same process.
                if (instrument.Meter.Name == "TemporalDelivery.OperatorTasks" && instrument.Meter.Scope == scope)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measures[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => measures[$"{instrument.Name} {tags[0].Value}"] = value
        );
        listener.Start();
        listener.RecordObservableInstruments();
        return measures;
    }
}
