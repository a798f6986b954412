using System.Text;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Runtime;
using Temporalio.Tests.Grpc;

namespace Temporalio.Tests.Runtime;

public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task Metrics_are_sent_to_a_collector_by_grpc()
    {
        await using var collector = await StubServer.StartAsync(call => call.ReplyAsync(new Empty()));

        await RecordAsync(new($"http://{collector.TargetHost}") { Headers = [new("tenant", "a b")] });

        var call = collector.Calls.First();
        Assert.Equal(("Export", "a b"), (call.Rpc, call.Headers["tenant"]));
        AssertHoldsTheMetrics(call.Message);
    }

    [Fact]
    public async Task Metrics_are_sent_to_a_collector_by_http()
    {
        var received = new TaskCompletionSource<(string Path, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.TrySetResult((context.Request.Path, body.ToArray()));
        });
        await collector.StartAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        await RecordAsync(new($"{address}/v1/metrics") { Protocol = OpenTelemetryProtocol.Http, MetricTemporality = OpenTelemetryMetricTemporality.Delta });

        var (path, message) = await received.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("/v1/metrics", path);
        AssertHoldsTheMetrics(message);
    }

    // The end of a runtime's metrics sends what is left, so no interval is waited for.
    private static async Task RecordAsync(OpenTelemetryOptions options)
    {
        options.MetricsExportInterval = TimeSpan.FromHours(1);
        var runtime = new TemporalRuntime(new(new() { Metrics = new(options) { GlobalTags = [new("region", "north")] } }));
        var other = new TemporalRuntime(new(new() { Metrics = new(new OpenTelemetryOptions("http://127.0.0.1:9") { MetricsExportInterval = TimeSpan.FromHours(1) }) }));
        other.MetricMeter.CreateCounter<int>("of_another_runtime").Add(1);
        var meter = runtime.MetricMeter.WithTags([new("shop", "s7")]);
        meter.CreateCounter<int>("orders").Add(2, [new("kind", "k1")]);
        meter.CreateHistogram<TimeSpan>("wait").Record(TimeSpan.FromSeconds(1));
        meter.CreateGauge<double>("weight").Set(1.5);
        await runtime.Metrics.DisposeAsync();
    }

    private static void AssertHoldsTheMetrics(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message);
        foreach (var part in new[] { "orders", "wait", "weight", "service.name", "temporal-core-sdk", "region", "north", "shop", "s7", "kind", "k1" })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("of_another_runtime", text, StringComparison.Ordinal);
    }
}
