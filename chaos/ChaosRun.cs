using System.Globalization;
using Dapper;
using Npgsql;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Kills;
using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Chaos.Receivers;
using TemporalDelivery.Chaos.Shopping;
using TemporalDelivery.Tests.Processes;
using Temporalio.Client;

namespace TemporalDelivery.Chaos;

/// <summary>
/// Brings up a system, places orders of every kind while its processes are killed and its partners have faults, waits until everything has
/// come to rest, and audits what is left.
/// </summary>
internal static class ChaosRun
{
    // From the last kill until every life has come to its end, and from then on until everything is at rest. An order that is resumed then
    // may need a pickup, a delivery and a silence more.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private const int OrdersPerMeddling = 5;

    /// <summary>Zero without a difference, one otherwise.</summary>
    public static async Task<int> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.KeepIn);
        var plan = ChaosPlan.Make(options);
        await using var receivers = await AllReceivers.OpenAsync(options.KeepIn, cancellationToken);
        await using var shop = await Shop.StartAsync(receivers.Settings(World.Settings(options)), cancellationToken);
        using var http = new CarefulClient(shop.Address);
        var stock = await PrepareAsync(shop, receivers, http, cancellationToken);
        var clock = new Clock();
        clock.Say(
            $"seed {options.Seed}: {plan.Orders.Count} orders and {plan.Kills.Count} kills in {options.Duration.TotalMinutes} minutes, faults: {(options.HasFaults ? "all" : "none")}"
        );

        clock.Say($"told of it: {string.Join(", ", receivers.Subscriptions.Select(told => $"{told.Reader} ({told.Receiver})"))}");
        if (receivers.Broker is null)
        {
            clock.Say("NOT told of it: the broker, because no rabbitmq-server can be had here; none is killed either");
        }

        var lives = Lives(plan, http, clock);
        var killer = new Killer(shop, receivers.Broker, clock);
        var disturbing = new EndpointFaults(receivers.Merchants, clock).RunAsync(plan.EndpointFaults, cancellationToken);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var living = lives.Select(life => life.LiveAsync(abandoned.Token)).ToList();
        var temporal = await TemporalClient.ConnectAsync(new(shop.TemporalAddress) { GrpcCompression = new GrpcCompression.None() });
        var meddler = new Meddler(temporal, new Random(options.Seed), clock);
        var clerk = new Clerk(Person.Operator(http), new Random(options.Seed), clock);
        var meddling = meddler.MeddleAsync(
            options.HasFaults ? plan.Orders.Count / OrdersPerMeddling : 0,
            options.Duration,
            cancellationToken
        );
        using var atRest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var deciding = clerk.DecideAsync(atRest.Token);
        await killer.RunAsync(plan.Kills, cancellationToken);
        await Task.WhenAll(meddling, disturbing);
        await clock.UntilAsync(options.Duration, cancellationToken);
        clock.Say("no more kills");

        await using var connection = await ConnectAsync(shop, cancellationToken);
        abandoned.CancelAfter(Patience);
        var differences = await Lifetimes.EndAsync(
            [.. lives.Select((life, index) => ((Func<string>)(() => Name(life)), living[index]))],
            cancellationToken
        );
        clock.Say($"nobody but the clerk does anything any more; meddled: {Count([.. meddler.Done, .. clerk.Done])}");
        var isAtRest = await Rest.WaitAsync(connection, temporal, Patience, clock, cancellationToken);
        clock.Say(isAtRest ? "everything is at rest" : "no rest in time");
        await atRest.CancelAsync();
        await deciding;
        differences.AddRange(clerk.Refused);
        differences.AddRange(killer.Deaths());
        differences.AddRange(meddler.Answered);

        var evidence = new Evidence
        {
            PaymentsLedger = shop.PaymentsLedger,
            PartnerLedger = shop.PartnerLedger,
            Placed = [.. lives.Select(life => life.Placed).OfType<PlacedOrder>()],
            StockBefore = stock,
            Running = await Rest.RunningAsync(temporal, cancellationToken),
            AccountableTasks = World.AccountableTasks(options),
            Meddled = [.. meddler.Done, .. clerk.Done],
            RemindAfter = World.RemindAfter,
            Subscriptions = receivers.Subscriptions,
            Received = await receivers.ReceivedAsync(cancellationToken),
        };
        if (options.IsSabotaged)
        {
            await Sabotage.CommitAsync(connection, shop, clock, cancellationToken);
        }

        differences.AddRange(await Auditor.AuditAsync(connection, evidence, cancellationToken));
        await CaseFile.WriteAsync(Path.Combine(options.KeepIn, "differences.txt"), connection, differences, evidence, cancellationToken);
        await SayAsync(connection, evidence, differences, cancellationToken);
        return differences.Count == 0 ? 0 : 1;
    }

    private static List<Life> Lives(ChaosPlan plan, CarefulClient http, Clock clock)
    {
        var customers = Person.Customers(http);
        var clerk = Person.Operator(http);
        var anybody = Person.Anybody(http);
        var purse = new Purse();
        return [.. plan.Orders.Select(order => new Life(order, customers[order.Customer], clerk, anybody, purse, clock))];
    }

    private static string Name(Life life) => life.Placed is { } placed ? $"order {placed.OrderId} ({placed.Kind})" : "an order";

    private static string Count(IReadOnlyList<MeddlingAct> meddled) =>
        string.Join(", ", meddled.GroupBy(one => one.Act).OrderBy(all => all.Key).Select(all => $"{all.Count()} {all.Key}"));

    // What is in stock before the first order, when everybody who is told of it is going to be.
    private static async Task<IReadOnlyDictionary<string, int>> PrepareAsync(
        Shop shop,
        AllReceivers receivers,
        CarefulClient http,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await ConnectAsync(shop, cancellationToken);
        await receivers.SubscribeAsync(connection, http, cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, int OnHand)>("select sku, on_hand from orders.stock");
        return rows.ToDictionary(row => row.Sku, row => row.OnHand);
    }

    // A pool would hand out what a kill has cut off.
    private static async Task<NpgsqlConnection> ConnectAsync(Shop shop, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(shop.Postgres.ConnectionString) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task SayAsync(
        NpgsqlConnection connection,
        Evidence evidence,
        List<Difference> differences,
        CancellationToken cancellationToken
    )
    {
        var ends = await connection.QueryAsync<(string Kind, string Ends)>(
            new CommandDefinition(
                """
                select kind, string_agg(count || ' ' || status, ', ' order by status) from (
                    select kind, status, count(*) from planned join orders.orders using (order_id) group by kind, status) ends
                group by kind order by kind
                """,
                cancellationToken: cancellationToken
            )
        );
        foreach (var (kind, what) in ends)
        {
            Console.WriteLine($"{kind.PadRight(32)} {what}");
        }

        foreach (var difference in differences)
        {
            Console.WriteLine(difference);
        }

        foreach (var all in evidence.Received.GroupBy(message => (message.Reader, message.Receiver)))
        {
            var (messages, ids) = (all.Count(), all.Select(message => message.MessageId).Distinct().Count());
            Console.WriteLine($"{$"{all.Key.Reader} ({all.Key.Receiver})".PadRight(32)} {ids} events, {messages - ids} told again");
        }

        var tasks = await connection.ExecuteScalarAsync<long>("select count(*) from open_tasks");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"balance: {evidence.Placed.Count} orders, {differences.Count} differences, {tasks} tasks"
            )
        );
    }
}
