using System.Net;
using System.Net.Sockets;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows;
using Temporalio.Client;
using Temporalio.Testing;
using Temporalio.Worker;

namespace TemporalDelivery.Worker.Tests;

public sealed class RelayTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_partners_events_reach_the_workflow_of_their_delivery_in_order()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var delivery = await shop.DeliveryAsync();
        var heard = await temporal.RunAsync(delivery, async () =>
        {
            await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
            foreach (var id in new[] { "evt-1", "evt-2", "evt-2", "evt-last" })
            {
                await shop.PartnerSaysAsync(delivery, id);
            }
        });

        Assert.Equal(["evt-1", "evt-2", "evt-last"], heard);
        await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'DELIVERED'", 3L);
    }

    [Fact]
    public async Task A_DELIVERED_is_proven_by_the_PIN_that_it_brings_and_by_nothing_that_it_says_of_itself()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var delivery = await shop.DeliveryAsync();
        await shop.SingleAsync<Guid>("update deliveries.delivery_orders set state = 'PICKED_UP' returning delivery_order_id");
        var pin = shop.Get<ReceiptPins>().Of(delivery)!;
        var wrong = pin == "000000" ? "000001" : "000000";
        var heard = await temporal.RunAsync(delivery, async () =>
        {
            await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
            await shop.PartnerSaysAsync(delivery, "evt-1", "DELIVERED", more: "\"isProven\":true,");
            await shop.PartnerSaysAsync(
                delivery,
                "evt-2",
                "DELIVERED",
                more: $"\"pin\":{int.Parse(wrong, System.Globalization.CultureInfo.InvariantCulture)},"
            );
            await shop.PartnerSaysAsync(delivery, "evt-3", "DELIVERED", more: $"\"pin\":\"{pin}\",");
            await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'DELIVERED'", 3L);
            await shop.SingleAsync<Guid>("update deliveries.delivery_orders set state = 'DELIVERED' returning delivery_order_id");
            await shop.PartnerSaysAsync(delivery, "evt-4", "DELIVERED");
            await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'LATE'", 1L);
            await shop.PartnerSaysAsync(delivery, "evt-last", "DELIVERED", more: $"\"pin\":\"{pin}\",");
        });

        Assert.Equal(["evt-1", "evt-2", "evt-3 proven", "evt-last proven"], heard);
    }

    [Fact]
    public async Task Two_relays_hand_an_event_on_once()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var delivery = await shop.DeliveryAsync();
        var ids = Enumerable.Range(0, 50).Select(number => $"evt-{number}").ToList();
        var heard = await temporal.RunAsync(delivery, async () =>
        {
            await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
            await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
            await Task.WhenAll(ids.Select(id => shop.PartnerSaysAsync(delivery, id)));
            await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'DELIVERED'", 50L);
            await shop.PartnerSaysAsync(delivery, "evt-last");
        });

        Assert.Equal([.. ids.Order(StringComparer.Ordinal), "evt-last"], heard.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("CANCELLED", "DELIVERED", 1)]
    [InlineData("SUPERSEDED", "DELIVERED", 1)]
    [InlineData("CANCELLED", "PICKED_UP", 0)]
    [InlineData("DELIVERY_CONFIRMED", "DELIVERED", 0)]
    public async Task An_event_after_the_end_is_in_the_audit_and_a_parcel_that_arrives_then_is_an_operators(
        string state,
        string type,
        long tasks
    )
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await shop.DeliveryAsync();
        await EndAsync(shop, state);
        await shop.RelayAsync("127.0.0.1:1");

        await shop.PartnerSaysAsync(delivery, "evt-1", type);
        await shop.PartnerSaysAsync(delivery, "evt-2", type);

        await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'LATE'", 2L);
        Assert.Equal(
            $"{state} {type} evt-1,evt-2 partner",
            await shop.SingleAsync<string>(
                """
                select to_state || ' ' || event || ' ' || string_agg(partner_event_id, ',' order by partner_event_id) || ' ' || actor
                from deliveries.delivery_audit where from_state = to_state group by to_state, event, actor
                """
            )
        );
        Assert.Equal(tasks, await shop.SingleAsync<long>("select count(*) from orders.operator_tasks where kind = 'PARCEL_ARRIVED_LATE'"));
    }

    [Fact]
    public async Task A_partner_that_repeats_itself_a_thousand_times_under_fresh_ids_fills_no_history()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await shop.DeliveryAsync();
        await shop.SingleAsync<Guid>("update deliveries.delivery_orders set state = 'PICKED_UP' returning delivery_order_id");

        // Where no Temporal answers, nothing is signalled.
        await shop.RelayAsync("127.0.0.1:1");
        for (var time = 0; time < 1_000; time++)
        {
            await shop.PartnerSaysAsync(delivery, $"evt-{time}");
        }

        await shop.UntilAsync("select count(*) from messages.inbox where outcome = 'LATE' and tries = 0", 1_000L);
        Assert.Equal(
            1_000L,
            await shop.SingleAsync<long>(
                "select count(*) from deliveries.delivery_audit where from_state = 'PICKED_UP' and to_state = 'PICKED_UP'"
            )
        );
    }

    [Fact]
    public async Task An_event_whose_workflow_is_lost_waits_for_another()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var delivery = await shop.DeliveryAsync();
        await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!);
        await shop.PartnerSaysAsync(delivery, "evt-last");
        await shop.UntilAsync("select tries > 1 and outcome is null from messages.inbox", true);

        var heard = await temporal.RunAsync(delivery, () => Task.CompletedTask);

        Assert.Equal(["evt-last"], heard);
    }

    [Fact]
    public async Task What_the_partner_writes_is_cut_to_what_we_can_bear()
    {
        await using var shop = await Shop.OpenAsync();
        var delivery = await shop.DeliveryAsync();
        await EndAsync(shop, "CANCELLED");
        await shop.RelayAsync("127.0.0.1:1");

        await shop.PartnerSaysAsync(delivery, "evt-1", note: $"a\\u0000b{new string('x', 20_000)}");

        await shop.UntilAsync("select outcome from messages.inbox", "LATE");
        var note = await shop.SingleAsync<string>("select note from deliveries.delivery_audit where from_state = to_state");
        Assert.StartsWith("abxxx", note, StringComparison.Ordinal);
        Assert.EndsWith("x…", note, StringComparison.Ordinal);
        Assert.Equal(999, note.Length);
    }

    [Fact]
    public async Task A_server_without_our_namespace_makes_no_event_unroutable()
    {
        await using var shop = await Shop.OpenAsync();
        await using var temporal = await TestTemporal.StartLocalAsync();
        var delivery = await shop.DeliveryAsync();
        await shop.RelayAsync(temporal.Client.Connection.Options.TargetHost!, "no-such-namespace");

        await shop.PartnerSaysAsync(delivery, "evt-1");

        await shop.UntilAsync("select tries > 1 and outcome is null from messages.inbox", true);
    }

    [Fact]
    public async Task While_Temporal_is_away_events_wait_and_then_are_handed_on_once()
    {
        await using var shop = await Shop.OpenAsync();
        var address = $"127.0.0.1:{FreePort()}";
        var delivery = await shop.DeliveryAsync();
        await shop.RelayAsync(address);
        await shop.PartnerSaysAsync(delivery, "evt-last");
        await shop.UntilAsync("select tries > 0 from messages.inbox", true);

        await using var temporal = await TestTemporal.StartLocalAsync(address);
        var heard = await temporal.RunAsync(delivery, () => Task.CompletedTask);

        Assert.Equal(["evt-last"], heard);
    }

    [Fact]
    public async Task Recorded_events_are_published_once_by_many_relays()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.RelayAsync("127.0.0.1:1");
        await shop.RelayAsync("127.0.0.1:1");

        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(_ =>
                    shop.SingleAsync<long>(
                        """
                        insert into messages.outbox (event_id, topic, aggregate_id, payload)
                        values (gen_random_uuid(), 'order.completed', gen_random_uuid(), '{}')
                        returning outbox_id
                        """
                    )
                )
        );

        await shop.UntilAsync("select count(*) from messages.outbox where published_at is not null", 40L);
        Assert.Equal(40L, await shop.SingleAsync<long>("select max(position) from messages.outbox"));
    }

    [Fact]
    public async Task The_read_model_follows_what_any_process_writes()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.RelayAsync("127.0.0.1:1");
        await shop.RelayAsync("127.0.0.1:1");

        var delivery = await shop.DeliveryAsync();

        await shop.UntilAsync("select state from deliveries.delivery_view union all select 'none' limit 1", "CREATED");
        await shop.UntilAsync($"select document->'tracking'->0->>'deliveryOrderId' from orders.order_view", delivery.ToString());
    }

    private static Task<Guid> EndAsync(Shop shop, string state) =>
        shop.SingleAsync<Guid>(
            $"""
            update deliveries.delivery_orders set state = 'PENDING_BY_OPERATOR';
            update deliveries.delivery_orders set active = false, state = '{state}' returning delivery_order_id
            """
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Runs a delivery's workflow.</summary>
internal static class ParcelRun
{
    /// <summary>Starts the workflow of the delivery, does something meanwhile, and returns what it has heard when it ended.</summary>
    public static async Task<List<string>> RunAsync(this WorkflowEnvironment environment, Guid delivery, Func<Task> meanwhile)
    {
        using var worker = new TemporalWorker(environment.Client, new TemporalWorkerOptions("parcels").AddWorkflow<Parcel>());
        return await worker.ExecuteAsync(
            async () =>
            {
                var handle = await environment.Client.StartWorkflowAsync(
                    (Parcel parcel) => parcel.RunAsync(),
                    new WorkflowOptions(WorkflowIds.Delivery(delivery), "parcels")
                );
                await meanwhile();
                return await handle.GetResultAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            },
            TestContext.Current.CancellationToken
        );
    }
}
