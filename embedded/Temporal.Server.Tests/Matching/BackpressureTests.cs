using Temporal.Server.Tests.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Matching;

public sealed class BackpressureTests
{
    [Fact]
    public async Task What_does_not_fit_into_memory_is_read_from_the_store_when_there_is_room()
    {
        const int Workflows = 40;
        await using var server = await EngineHost.StartAsync(limits: new ServerLimits { QueuedTasks = 6 });
        for (var i = 0; i < Workflows; i++)
        {
            await server.StartAsync($"w{i}");
        }

        Assert.Equal(6, (await DescribeAsync(server, TaskQueueType.Workflow)).Stats.ApproximateBacklogCount);
        var seen = new HashSet<string>();
        while (seen.Count < Workflows)
        {
            var task = await server.StepAsync(Activity());
            Assert.True(seen.Add(task.WorkflowExecution.WorkflowId));
        }

        seen.Clear();
        while (seen.Count < Workflows)
        {
            Assert.True(seen.Add((await server.PollActivityAsync()).WorkflowExecution.WorkflowId));
        }
    }

    [Fact]
    public async Task Workflows_and_activities_with_smaller_priority_keys_are_handed_out_first()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("late", request => request.Priority = new Priority { PriorityKey = 5 });
        await server.StartAsync("normal");
        await server.StartAsync("early", request => request.Priority = new Priority { PriorityKey = 1 });

        var order = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            order.Add(
                (
                    await server.StepAsync(
                        Activity("inherits"),
                        Activity("first", activity => activity.Priority = new Priority { PriorityKey = 1 })
                    )
                )
                    .WorkflowExecution
                    .WorkflowId
            );
        }

        Assert.Equal(["early", "normal", "late"], order);
        order.Clear();
        for (var i = 0; i < 6; i++)
        {
            var task = await server.PollActivityAsync();
            order.Add($"{task.WorkflowExecution.WorkflowId} {task.ActivityId}");
        }

        Assert.Equal(["early inherits", "early first", "normal first", "late first", "normal inherits", "late inherits"], order);
    }

    [Fact]
    public async Task A_description_shows_pollers_with_their_rate_and_what_waits()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity());
        await server.CallAsync<PollActivityTaskQueueResponse>(
            new PollActivityTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = EngineHost.Queue("tq"),
                Identity = "limited",
                TaskQueueMetadata = new TaskQueueMetadata { MaxTasksPerSecond = 5 },
            }
        );
        await server.StartAsync("waiting");

        var activities = await DescribeAsync(server, TaskQueueType.Activity);
        var workflows = await DescribeAsync(server, TaskQueueType.Workflow);

        var poller = Assert.Single(activities.Pollers);
        Assert.Equal(("limited", 5), (poller.Identity, poller.RatePerSecond));
        Assert.Equal(RateLimitSource.Worker, activities.EffectiveRateLimit.RateLimitSource);
        Assert.Equal(0, activities.Stats.ApproximateBacklogCount);
        Assert.True(activities.Stats.TasksDispatchRate > 0);
        Assert.Equal("worker", Assert.Single(workflows.Pollers).Identity);
        Assert.Equal(1, workflows.Stats.ApproximateBacklogCount);
        Assert.Equal(1, workflows.StatsByPriorityKey[3].ApproximateBacklogCount);
        Assert.Equal(1, workflows.TaskQueueStatus.BacklogCountHint);
        Assert.Equal(1, workflows.VersionsInfo[""].TypesInfo[(int)TaskQueueType.Workflow].Stats.ApproximateBacklogCount);
        var partitions = await server.CallAsync<ListTaskQueuePartitionsResponse>(
            new ListTaskQueuePartitionsRequest { Namespace = "default", TaskQueue = EngineHost.Queue("tq") }
        );
        Assert.Equal("tq", Assert.Single(partitions.WorkflowTaskQueuePartitions).Key);
    }

    private static Task<DescribeTaskQueueResponse> DescribeAsync(EngineHost server, TaskQueueType type) =>
        server.CallAsync<DescribeTaskQueueResponse>(
            new DescribeTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = EngineHost.Queue("tq"),
                TaskQueueType = type,
                ReportStats = true,
                IncludeTaskQueueStatus = true,
                ApiMode = DescribeTaskQueueMode.Enhanced,
            }
        );
}
