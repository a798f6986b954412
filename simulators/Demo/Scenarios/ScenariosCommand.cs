using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;
using Temporalio.Client;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>
/// <c>simulators scenarios</c>: plays every scenario beside the others, and compares what everybody saw with what is expected.
/// </summary>
internal static class ScenariosCommand
{
    private const int SomethingDiffers = 1;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    public static readonly Command Definition = new(
        "every scenario that a person can watch, and what customer, operator, ledgers and partner saw of it",
        ScenariosOptions.Settings,
        RunAsync
    );

    private static async Task<int> RunAsync(IConfiguration configuration)
    {
        var options = ScenariosOptions.Read(configuration);
        var expected = options.Record is null ? Expectation.Read(options.Expectation) : [];
        if (options is { Record: not null, BrokerUrl: null })
        {
            throw new ConfigurationException("without a broker there is no expectation to record");
        }

        using var deadline = new CancellationTokenSource(options.Deadline);
        using var http = new HttpClient { BaseAddress = options.Api, Timeout = RequestTimeout };
        await using var database = NpgsqlDataSource.Create(options.Database);
        var shop = new ShopClient(http);
        var seen = await PlayAsync(options, shop, database, deadline.Token);
        if (options.Record is { } file)
        {
            await File.WriteAllTextAsync(file, Expectation.Write(seen), CancellationToken.None);
            Console.WriteLine($"recorded in {file}, and compared with nothing");
            return 0;
        }

        return Report(expected, seen);
    }

    private static async Task<IReadOnlyList<Row>> PlayAsync(
        ScenariosOptions options,
        ShopClient shop,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var backlog = new Backlog(database);
        await shop.ReadyAsync(cancellationToken);
        string[] readers = ["vouchers", "mail", "webhooks", .. options.BrokerUrl is null ? [] : new[] { "broker" }];
        await backlog.FollowedAsync(readers, cancellationToken);
        var temporal = await TemporalClient.ConnectAsync(new(options.Temporal) { GrpcCompression = new GrpcCompression.None() });
        await using var broker = options.BrokerUrl is { } url ? await OrderManagement.StartAsync(url, cancellationToken) : null;
        await using var merchant = await MerchantReceiver.StartAsync(shop, cancellationToken);
        var observer = new Observer(shop, new Store(database), backlog, merchant, broker, options);
        var clock = Stopwatch.StartNew();
        Console.WriteLine(Expectation.Head);
        var rows = await Task.WhenAll(
            Scenario.All.Select(
                async (scenario, index) =>
                {
                    var shopper = Shopper.All[index % Shopper.All.Count];
                    var row =
                        scenario.NeedsBroker && broker is null
                            ? Row.WithoutBroker(scenario.Name)
                            : await PlayAsync(scenario, new(shopper, shop, temporal, broker, options), observer, cancellationToken);
                    Console.WriteLine(row.Line);
                    return row;
                }
            )
        );
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"played in {clock.Elapsed.TotalSeconds:0} s"));
        return rows;
    }

    // A scenario that goes wrong shows its row as well: what it waits for in vain, and what was seen so far.
    private static async Task<Row> PlayAsync(Scenario scenario, Scene scene, Observer observer, CancellationToken cancellationToken)
    {
        string wrong;
        try
        {
            await scenario.PlayAsync(scene, cancellationToken);
            return await observer.ObserveAsync(scenario.Name, scene, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            wrong = $"waited in vain for {scene.WaitsFor}";
        }
        catch (ShopException refusal)
        {
            wrong = refusal.Message.ReplaceLineEndings(" ").Replace('|', '/');
        }

        using var lastLook = new CancellationTokenSource(RequestTimeout);
        var row = await observer.LookAsync(scenario.Name, scene, lastLook.Token);
        return row with { Cells = [$"{row.Cells[0]} · {wrong}", .. row.Cells.Skip(1)] };
    }

    private static int Report(IReadOnlyList<Row> expected, IReadOnlyList<Row> seen)
    {
        var differences = Comparison.Of(expected, seen);
        foreach (var difference in differences)
        {
            Console.WriteLine(difference);
        }

        var failed = differences.Select(difference => difference.Scenario).Distinct().Count();
        var all = expected.Concat(seen).Select(row => row.Scenario).Distinct().Count();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all - failed} passed, {failed} failed"));
        return failed == 0 ? 0 : SomethingDiffers;
    }
}
