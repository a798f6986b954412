using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class WorkerOptionsTests(WorkerHost host)
{
    [Fact]
    public async Task A_worker_of_an_unknown_namespace_says_so_and_does_not_start()
    {
        var options = (TemporalClientOptions)host.Client.Options.Clone();
        options.Namespace = "nowhere";
        var client = new TemporalClient(host.Client.Connection, options);
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("q").AddWorkflow<Nothing>());
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync(() => Task.CompletedTask));
        Assert.Contains("namespace nowhere", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_without_anything_to_run_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => new TemporalWorker(host.Client, new TemporalWorkerOptions("q")));
        Assert.Contains("at least one workflow or activity", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Action<TemporalWorkerOptions>, string> TwoVersions => new()
    {
        { options => options.DeploymentOptions!.Version = null, "Version must be set" },
        { options => options.DeploymentOptions!.DefaultVersioningBehavior = VersioningBehavior.Pinned, "must be Unspecified when UseWorkerVersioning is false" },
#pragma warning disable CS0618 // the older way to state a version is what excludes the newer
        { options => options.BuildId = "b1", "BuildId cannot be used together" },
        { options => options.UseWorkerVersioning = true, "UseWorkerVersioning cannot be used together" },
#pragma warning restore CS0618
    };

    [Theory]
    [MemberData(nameof(TwoVersions), DisableDiscoveryEnumeration = true)]
    public void A_worker_states_its_version_once(Action<TemporalWorkerOptions> state, string problem)
    {
        var options = new TemporalWorkerOptions("q") { DeploymentOptions = new(new("shop", "b2"), useWorkerVersioning: false) }.AddWorkflow<Nothing>();
        new TemporalWorker(host.Client, options).Dispose();
        state(options);
        var e = Assert.Throws<ArgumentException>(() => new TemporalWorker(host.Client, options));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workflow_type_twice_is_refused()
    {
        var options = new TemporalWorkerOptions("q").AddWorkflow<Nothing>().AddWorkflow<Nothing>();
        var e = Assert.Throws<ArgumentException>(() => new TemporalWorker(host.Client, options));
        Assert.Contains("Duplicate workflow named Nothing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workflow_type_says_everything_that_is_wrong_with_it_at_once()
    {
        var e = Assert.Throws<AggregateException>(() => WorkflowDefinition.Create<Wrong>());
        var all = string.Join('\n', e.InnerExceptions.Select(inner => inner.Message));
        Assert.Equal(4, e.InnerExceptions.Count);
        Assert.Contains("must be void", all, StringComparison.Ordinal);
        Assert.Contains("cannot return a Task", all, StringComparison.Ordinal);
        Assert.Contains("must return Task", all, StringComparison.Ordinal);
        Assert.Contains("does not have a valid WorkflowRun method", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_runs_only_once()
    {
        using var worker = new TemporalWorker(host.Client, new TemporalWorkerOptions($"q-{Guid.NewGuid()}").AddWorkflow<Nothing>());
        await worker.ExecuteAsync(() => Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.ExecuteAsync(() => Task.CompletedTask));
    }

    [Fact]
    public async Task A_stopped_worker_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        using var worker = new TemporalWorker(host.Client, new TemporalWorkerOptions($"q-{Guid.NewGuid()}").AddWorkflow<Nothing>());
        var running = worker.ExecuteAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_story_that_throws_before_it_begins_stops_the_worker()
    {
        var queue = $"q-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(host.Client, new TemporalWorkerOptions(queue).AddWorkflow<Nothing>());
        var e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => worker.ExecuteAsync<string>(() => throw new InvalidOperationException("before it begins")));
        Assert.Equal("before it begins", e.Message);

        // Nobody is left who would take it.
        var handle = await host.Client.StartWorkflowAsync((Nothing wf) => wf.RunAsync(), WorkerHost.On(queue));
        var described = await host.Client.WorkflowService.DescribeTaskQueueAsync(new()
        {
            Namespace = host.Client.Options.Namespace,
            TaskQueue = new() { Name = queue },
            TaskQueueType = Api.Enums.V1.TaskQueueType.Workflow,
            ReportStats = true,
        });
        Assert.Equal(1, described.Stats.ApproximateBacklogCount);
        await handle.TerminateAsync();
    }

    [Workflow]
    public class Nothing
    {
        [WorkflowRun]
        public Task RunAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class Wrong
    {
        [WorkflowSignal]
        public void Signal()
        {
        }

        [WorkflowQuery]
        public Task<int> Query() => Task.FromResult(1);

        [WorkflowUpdate]
        public Task UpdateAsync() => Task.CompletedTask;

        [WorkflowUpdateValidator(nameof(UpdateAsync))]
        public int Validate() => 1;
    }
}
