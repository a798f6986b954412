using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Runtime;
using Temporalio.Tests.Worker;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Runtime;

public sealed class WorkerMetricsTests(WorkerHost host)
{
    [Fact]
    public async Task Calls_workflows_activities_and_slots_are_counted_under_the_names_that_dashboards_know()
    {
        var meter = new RecordingMeter();
        var options = (TemporalConnectionOptions)host.Client.Connection.Options.Clone();
        options.Runtime = new TemporalRuntime(new(new() { Metrics = new() { CustomMetricMeter = meter } }));
        var client = new TemporalClient(await TemporalConnection.ConnectAsync(options), (TemporalClientOptions)host.Client.Options.Clone());
        var taskQueue = $"tq-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(
            client,
            new TemporalWorkerOptions(taskQueue) { MaxConcurrentActivities = 3 }
                .AddWorkflow<Story>().AddActivity(Deeds.Count).AddActivity(Deeds.Break));

        await worker.ExecuteAsync(async () =>
        {
            await client.ExecuteWorkflowAsync((Story story) => story.RunAsync(false), WorkerHost.On(taskQueue));
            await Assert.ThrowsAsync<WorkflowFailedException>(() =>
                client.ExecuteWorkflowAsync((Story story) => story.RunAsync(true), WorkerHost.On(taskQueue)));
            await Assert.ThrowsAsync<RpcException>(() => client.GetWorkflowHandle("none").DescribeAsync());
        });

        var ns = $"namespace={client.Options.Namespace}";
        var queue = $"task_queue={taskQueue}";
        Assert.Equal(2, meter.Of("temporal_request", "operation=StartWorkflowExecution", ns, queue).Count());
        Assert.Single(meter.Of("temporal_request_failure", "operation=DescribeWorkflowExecution", "status_code=NOT_FOUND"));
        Assert.Equal(2, meter.Of("temporal_request_latency", "operation=StartWorkflowExecution").Count());
        Assert.NotEmpty(meter.Of("temporal_long_request", "operation=PollWorkflowTaskQueue", queue));
        Assert.Single(meter.Of("temporal_worker_start", ns, queue));
        Assert.Single(meter.Of("temporal_workflow_completed", "workflow_type=Story", queue));
        Assert.Single(meter.Of("temporal_workflow_failed", "workflow_type=Story"));
        Assert.Equal(2, meter.Of("temporal_workflow_endtoend_latency", "workflow_type=Story").Count());
        Assert.NotEmpty(meter.Of("temporal_workflow_task_execution_latency", "workflow_type=Story"));
        Assert.NotEmpty(meter.Of("temporal_workflow_task_schedule_to_start_latency", "workflow_type=Story"));
        Assert.NotEmpty(meter.Of("temporal_workflow_task_queue_poll_succeed", queue));
        Assert.NotEmpty(meter.Of("temporal_sticky_cache_hit", queue));
        Assert.NotEmpty(meter.Of("temporal_sticky_cache_size", queue));
        Assert.Equal(3, meter.Of("temporal_activity_execution_latency", "activity_type=Count").Concat(meter.Of("temporal_activity_execution_latency", "activity_type=Break")).Count());
        Assert.Equal(2, meter.Of("temporal_activity_succeed_endtoend_latency", "activity_type=Count", "workflow_type=Story").Count());
        Assert.Single(meter.Of("temporal_activity_execution_failed", "activity_type=Break"));
        Assert.Equal(3, meter.Of("temporal_activity_task_received", queue).Count());
        Assert.Equal(2, meter.Of("temporal_local_activity_total", "activity_type=Count").Count());
        Assert.Equal(2, meter.Of("temporal_local_activity_succeed_endtoend_latency", "activity_type=Count").Count());
        Assert.Equal(
            [0L, 1L], meter.Of("temporal_worker_task_slots_used", "worker_type=ActivityWorker").Select(each => each.Value).Distinct().Order());
        Assert.Equal(
            [2L, 3L], meter.Of("temporal_worker_task_slots_available", "worker_type=ActivityWorker").Select(each => each.Value).Distinct().Order());
        Assert.NotEmpty(meter.Of("temporal_num_pollers", "poller_type=sticky_workflow_task"));
        Assert.Equal(0L, meter.Of("temporal_num_pollers", "poller_type=activity_task").Last().Value);
    }

    [Fact]
    public async Task What_workflows_and_activities_count_has_their_tags_and_is_not_counted_again_in_replay()
    {
        var meter = new RecordingMeter();
        var options = (TemporalConnectionOptions)host.Client.Connection.Options.Clone();
        options.Runtime = new TemporalRuntime(new(new() { Metrics = new() { CustomMetricMeter = meter } }));
        var client = new TemporalClient(await TemporalConnection.ConnectAsync(options), (TemporalClientOptions)host.Client.Options.Clone());
        var taskQueue = $"tq-{Guid.NewGuid()}";
        using var worker = new TemporalWorker(
            client, new TemporalWorkerOptions(taskQueue) { MaxCachedWorkflows = 0 }.AddWorkflow<Story>().AddActivity(Deeds.Count));

        await worker.ExecuteAsync(() => client.ExecuteWorkflowAsync((Story story) => story.RunAsync(false), WorkerHost.On(taskQueue)));

        var counted = Assert.Single(meter.Of("told", "workflow_type=Story", $"task_queue={taskQueue}"));
        Assert.Equal(1L, counted.Value);
        Assert.Equal(2, meter.Of("counted", "activity_type=Count", $"task_queue={taskQueue}").Count());
    }

    public static class Deeds
    {
        [Activity]
        public static void Count() => ActivityExecutionContext.Current.MetricMeter.CreateCounter<int>("counted").Add(1);

        [Activity]
        public static void Break() => throw new ApplicationFailureException("broken", nonRetryable: true);
    }

    [Workflow]
    public class Story
    {
        private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

        [WorkflowRun]
        public async Task RunAsync(bool breaks)
        {
            Workflow.MetricMeter.CreateCounter<int>("told").Add(1);
            await Workflow.ExecuteActivityAsync(() => Deeds.Count(), new() { StartToCloseTimeout = Minute });
            await Workflow.ExecuteLocalActivityAsync(() => Deeds.Count(), new() { StartToCloseTimeout = Minute });
            if (breaks)
            {
                await Workflow.ExecuteActivityAsync(() => Deeds.Break(), new() { StartToCloseTimeout = Minute });
            }
        }
    }
}
