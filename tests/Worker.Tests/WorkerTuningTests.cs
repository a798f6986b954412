using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Worker.Modules;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Testing;

namespace TemporalDelivery.Worker.Tests;

public sealed class WorkerTuningTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_workflow_tells_where_it_waits()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        using var host = Build(environment, worker => worker.AddWorkflow<Parcel>());
        await host.StartAsync(Now);
        var parcel = await environment.Client.StartWorkflowAsync(
            (Parcel parcel) => parcel.RunAsync(),
            new WorkflowOptions("parcel-1", "parcels")
        );

        var trace = await parcel.QueryAsync<string>("__stack_trace", []);

        Assert.Contains($"{nameof(Parcel)}.{nameof(Parcel.RunAsync)}", trace, StringComparison.Ordinal);
        await host.StopAsync(Now);
    }

    [Fact]
    public async Task A_history_tells_which_module_of_which_process_and_build_was_at_work()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        using var host = Build(environment, worker => worker.AddWorkflow<Parcel>());
        await host.StartAsync(Now);
        var parcel = await environment.Client.StartWorkflowAsync(
            (Parcel parcel) => parcel.RunAsync(),
            new WorkflowOptions("parcel-1", "parcels")
        );
        await parcel.QueryAsync<string>("__stack_trace", []);

        var events = (await parcel.FetchHistoryAsync()).Events;

        var task = Assert.Single(events, happened => happened.WorkflowTaskCompletedEventAttributes is not null);
        Assert.Equal(
            $"parcels@{Environment.MachineName} pid {Environment.ProcessId} build {ProcessIdentity.Build}",
            task.WorkflowTaskCompletedEventAttributes.Identity
        );
        Assert.Matches(@"^\d+\.\d+\.\d+", ProcessIdentity.Build);
        await host.StopAsync(Now);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_is_told_to_stop_finishes_what_it_has_begun(bool isLocal)
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        var errands = new ErrandActivities();
        using var host = Build(environment, worker => worker.AddWorkflow<Errand>().AddActivitiesInstance(errands));
        await host.StartAsync(Now);
        var errand = await environment.Client.StartWorkflowAsync(
            (Errand errand) => errand.RunAsync(isLocal),
            new WorkflowOptions("errand-1", "parcels")
        );
        await errands.Begun.WaitAsync(Patience, Now);

        var stopping = host.StopAsync(Now);
        Assert.True(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        errands.Finish();
        await stopping;

        // Nobody works any more: what is in the history is what the worker has left.
        var history = await errand.FetchHistoryAsync();
        Assert.Contains(history.Events, @event =>
            isLocal ? @event.WorkflowExecutionCompletedEventAttributes is not null : @event.ActivityTaskCompletedEventAttributes is not null
        );
    }

    [Theory]
    [InlineData(4)]
    [InlineData(30)]
    [InlineData(100)]
    public void Every_local_activity_of_the_two_busy_queues_has_a_connection(int connections)
    {
        var slots = WorkerSlots.Of(connections);

        Assert.InRange(2 * slots.LocalActivities, 2, connections);
        Assert.True(slots.WorkflowTasks > slots.LocalActivities);
    }

    private static IHost Build(WorkflowEnvironment environment, Action<ITemporalWorkerServiceOptionsBuilder> register)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["Temporal:Address"] = environment.Client.Connection.Options.TargetHost;
        builder.Services.AddSingleton(PostgresConnectionString.Parse("Host=127.0.0.1"));
        builder.AddTemporal();
        builder.AddGracefulStop();
        register(builder.AddWorker("parcels"));
        return builder.Build();
    }
}
