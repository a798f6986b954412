using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Worker.Modules;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Tests;

public sealed class WorkerTuningTests
{
    [Fact]
    public async Task A_waiting_workflow_tells_where_it_waits()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Temporal:Address", environment.Client.Connection.Options.TargetHost)]);
        builder.AddTemporal();
        builder.Services.AddHostedTemporalWorker("parcels").Tuned(builder.Configuration).AddWorkflow<Parcel>();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var parcel = await environment.Client.StartWorkflowAsync(
            (Parcel parcel) => parcel.RunAsync(),
            new WorkflowOptions("parcel-1", "parcels")
        );

        var trace = await parcel.QueryAsync<string>("__stack_trace", []);

        Assert.Contains($"{nameof(Parcel)}.{nameof(Parcel.RunAsync)}", trace, StringComparison.Ordinal);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
