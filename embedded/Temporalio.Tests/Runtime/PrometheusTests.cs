using Temporalio.Runtime;
using Temporalio.Runtime.Prometheus;

namespace Temporalio.Tests.Runtime;

public sealed class PrometheusTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_scrape_may_come_while_new_metrics_and_labels_appear()
    {
        const int Each = 2000;
        var registry = new PrometheusRegistry(new PrometheusOptions("127.0.0.1:0"));
        var appearing = Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                registry.CreateCounter<long>($"metric_{number}", null, null).Add(1, PrometheusLabels.None);
                registry.CreateCounter<long>("labelled", null, null).Add(1, PrometheusLabels.None.With([new("number", number)]));
            }
        });

        while (!appearing.IsCompleted)
        {
            registry.Write();
        }

        await appearing;
        Assert.Equal(2 * Each, registry.Write().Split('\n').Count(line => line.Length > 0 && line[0] != '#'));
    }

    [Fact]
    public async Task Metrics_are_served_in_the_text_format()
    {
        var runtime = new TemporalRuntime(new(new()
        {
            Metrics = new(new PrometheusOptions("127.0.0.1:0")) { GlobalTags = [new("region", "north")] },
        }));
        await using var metrics = runtime.Metrics;
        var meter = runtime.MetricMeter.WithTags([new("shop-id", 7)]);

        var counter = meter.CreateCounter<int>("orders", description: "Orders\nof a shop");
        counter.Add(2);
        counter.Add(3, [new("kind", "a \"b\" \\")]);
        counter.WithTags([new("kind", "c")]).Add(1);
        meter.CreateGauge<double>("weight").Set(2.5);
        meter.CreateGauge<long>("stock").Set(12);
        var latency = meter.CreateHistogram<TimeSpan>("temporal_activity_execution_latency", "duration");
        latency.Record(TimeSpan.FromMilliseconds(60));
        latency.Record(TimeSpan.FromSeconds(100));

        Assert.Equal(
            """
            # HELP orders Orders\nof a shop
            # TYPE orders counter
            orders{kind="a \"b\" \\",region="north",service_name="temporal-core-sdk",shop_id="7"} 3
            orders{kind="c",region="north",service_name="temporal-core-sdk",shop_id="7"} 1
            orders{region="north",service_name="temporal-core-sdk",shop_id="7"} 2
            # HELP stock stock
            # TYPE stock gauge
            stock{region="north",service_name="temporal-core-sdk",shop_id="7"} 12
            # HELP temporal_activity_execution_latency temporal_activity_execution_latency
            # TYPE temporal_activity_execution_latency histogram
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="50"} 0
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="100"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="500"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="1000"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="5000"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="10000"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="60000"} 1
            temporal_activity_execution_latency_bucket{region="north",service_name="temporal-core-sdk",shop_id="7",le="+Inf"} 2
            temporal_activity_execution_latency_sum{region="north",service_name="temporal-core-sdk",shop_id="7"} 100060
            temporal_activity_execution_latency_count{region="north",service_name="temporal-core-sdk",shop_id="7"} 2
            # HELP weight weight
            # TYPE weight gauge
            weight{region="north",service_name="temporal-core-sdk",shop_id="7"} 2.5

            """,
            await ScrapeAsync(runtime));
        using var other = await Http.GetAsync(new Uri(runtime.Metrics.Prometheus!.Address, "/"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Suffixes_seconds_and_buckets_are_as_the_options_say()
    {
        var runtime = new TemporalRuntime(new(new()
        {
            Metrics = new(new PrometheusOptions("127.0.0.1:0")
            {
                HasCounterTotalSuffix = true,
                HasUnitSuffix = true,
                UseSecondsForDuration = true,
                HistogramBucketOverrides = new Dictionary<string, IReadOnlyCollection<double>> { ["size"] = [10, 1] },
            })
            {
                AttachServiceName = false,
            },
        }));
        await using var metrics = runtime.Metrics;

        runtime.MetricMeter.CreateCounter<long>("orders").Add(1);
        runtime.MetricMeter.CreateHistogram<TimeSpan>("wait", "duration").Record(TimeSpan.FromSeconds(2));
        runtime.MetricMeter.CreateHistogram<float>("order_size", "kg").Record(5);

        var lines = (await ScrapeAsync(runtime)).Split('\n').Where(each => !each.StartsWith('#')).ToList();
        Assert.Equal(
            ["order_size_kg_bucket{le=\"1\"} 0", "order_size_kg_bucket{le=\"10\"} 1", "order_size_kg_bucket{le=\"+Inf\"} 1", "order_size_kg_sum 5"],
            lines.Take(4));
        Assert.Contains("orders_total 1", lines);
        Assert.Contains("wait_seconds_bucket{le=\"1\"} 0", lines);
        Assert.Contains("wait_seconds_bucket{le=\"2.5\"} 1", lines);
        Assert.Contains("wait_seconds_sum 2", lines);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("somewhere")]
    [InlineData("localhost:port")]
    public void An_address_that_is_not_valid_is_refused(string address) =>
        Assert.Contains(
            address,
            Assert.Throws<InvalidOperationException>(() => With(new(new PrometheusOptions(address)))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_address_of_another_machine_is_refused() => Assert.StartsWith(
        "Failed starting Prometheus endpoint at 192.0.2.1:0: ",
        Assert.Throws<InvalidOperationException>(() => With(new(new PrometheusOptions("192.0.2.1:0")))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task An_address_that_is_taken_is_refused()
    {
        var runtime = With(new(new PrometheusOptions("127.0.0.1:0")));
        await using var metrics = runtime.Metrics;
        var taken = runtime.Metrics.Prometheus!.Address;

        Assert.Throws<InvalidOperationException>(() => With(new(new PrometheusOptions($"127.0.0.1:{taken.Port}"))));
    }

    [Fact]
    public void Metrics_go_to_exactly_one_place()
    {
        Assert.Throws<ArgumentException>(() => With(new()));
        Assert.Throws<ArgumentException>(() => With(new(new PrometheusOptions())));
        Assert.Throws<ArgumentException>(() => With(new(new OpenTelemetryOptions())));
        Assert.Throws<ArgumentException>(() => With(new(new PrometheusOptions("127.0.0.1:0")) { OpenTelemetry = new("http://collector") }));
    }

    private static TemporalRuntime With(MetricsOptions metrics) => new(new(new() { Metrics = metrics }));

    internal static Task<string> ScrapeAsync(TemporalRuntime runtime) =>
        Http.GetStringAsync(new Uri(runtime.Metrics.Prometheus!.Address, "/metrics"));
}
