using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class RandomHistoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whatever_workers_and_clients_do_histories_stay_sound(int cachedRuns)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            await using var server = await EngineHost.StartAsync(new InMemoryStore(), cachedRuns);
            var runIds = await PlayAsync(server, new Random(seed));
            foreach (var runId in runIds)
            {
                Check(await server.HistoryAsync("w", runId), seed);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> PlayAsync(EngineHost server, Random random)
    {
        var runIds = new List<string> { (await server.StartAsync("w")).RunId };
        PollWorkflowTaskQueueResponse? held = null;
        var activities = new List<PollActivityTaskQueueResponse>();
        var id = 0;
        for (var step = 0; step < 60; step++)
        {
            try
            {
                switch (random.Next(8))
                {
                    case 0:
                        await server.SignalAsync("w");
                        break;
                    case 1 or 2:
                        var task = await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(5));
                        held = task.TaskToken.IsEmpty ? held : task;
                        break;
                    case 3 when held is not null:
                        await server.CompleteAsync(held, r => r.ReturnNewWorkflowTask = false, RandomCommands(random, held, ref id));
                        break;
                    case 4:
                        var activity = await server.PollActivityAsync(TimeSpan.FromMilliseconds(5));
                        if (!activity.TaskToken.IsEmpty)
                        {
                            activities.Add(activity);
                        }

                        break;
                    case 5 when activities.Count > 0:
                        await AnswerAsync(server, random, activities[random.Next(activities.Count)]);
                        break;
                    case 6:
                        server.Advance(TimeSpan.FromSeconds(random.Next(12)));
                        break;
                    case 7 when held is not null && random.Next(3) == 0:
                        await server.CallAsync<RespondWorkflowTaskFailedResponse>(new RespondWorkflowTaskFailedRequest { Namespace = "default", TaskToken = held.TaskToken });
                        break;
                    default:
                        break;
                }
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
            {
                // Stale tokens, closed runs, bad commands: refused, and without effect.
                held = null;
            }

            var current = (await server.DescribeAsync("w")).WorkflowExecutionInfo;
            if (!runIds.Contains(current.Execution.RunId))
            {
                runIds.Add(current.Execution.RunId);
            }

            if (current.Status != WorkflowExecutionStatus.Running)
            {
                runIds.Add((await server.StartAsync("w")).RunId);
            }
        }

        return runIds;
    }

    private static Command[] RandomCommands(Random random, PollWorkflowTaskQueueResponse task, ref int id)
    {
        var commands = new List<Command>();
        for (var i = random.Next(4); i > 0; i--)
        {
            id++;
            commands.Add(random.Next(5) switch
            {
                0 => Activity($"{id}"),
                1 => Timer($"{id}", random.Next(1, 10)),
                2 => CancelTimer($"{random.Next(id + 1)}"),
                3 => CancelActivity(random.Next((int)task.StartedEventId + 2)),
                _ => Marker(),
            });
        }

        if (random.Next(6) == 0)
        {
            commands.Add(random.Next(2) == 0 ? Complete() : ContinueAsNew());
        }

        return [.. commands];
    }

    private static Task AnswerAsync(EngineHost server, Random random, PollActivityTaskQueueResponse task) => random.Next(2) == 0
        ? server.CallAsync<RespondActivityTaskCompletedResponse>(new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken })
        : server.CallAsync<RespondActivityTaskFailedResponse>(new RespondActivityTaskFailedRequest
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Failure = Failed("x", nonRetryable: random.Next(2) == 0),
        });

    private static void Check(IReadOnlyList<HistoryEvent> events, int seed)
    {
        var said = $"seed {seed}: {string.Join(' ', events.Select(e => e.EventType))}";
        var pendingTask = 0L;
        var started = false;
        var openTimers = new HashSet<string>();
        var openActivities = new HashSet<long>();
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            Assert.True(e.EventId == i + 1, $"ids are contiguous; {said}");
            Assert.True(!IsClose(e) || i == events.Count - 1, $"nothing follows the close; {said}");
            switch (e.EventType)
            {
                case EventType.WorkflowTaskScheduled:
                    Assert.True(pendingTask == 0, $"at most one workflow task; {said}");
                    pendingTask = e.EventId;
                    break;
                case EventType.WorkflowTaskStarted:
                    Assert.True(e.WorkflowTaskStartedEventAttributes.ScheduledEventId == pendingTask && !started, $"starts what is scheduled; {said}");
                    started = true;
                    break;
                case EventType.WorkflowTaskCompleted or EventType.WorkflowTaskFailed or EventType.WorkflowTaskTimedOut:
                    Assert.True(pendingTask != 0, $"ends what is pending; {said}");
                    (pendingTask, started) = (0, false);
                    break;
                case EventType.TimerStarted:
                    Assert.True(openTimers.Add(e.TimerStartedEventAttributes.TimerId), said);
                    break;
                case EventType.TimerFired:
                    Assert.True(openTimers.Remove(e.TimerFiredEventAttributes.TimerId), $"fires once; {said}");
                    break;
                case EventType.TimerCanceled:
                    Assert.True(openTimers.Remove(e.TimerCanceledEventAttributes.TimerId), $"cancels what runs; {said}");
                    break;
                case EventType.ActivityTaskScheduled:
                    openActivities.Add(e.EventId);
                    break;
                case EventType.ActivityTaskCompleted:
                    Ended(e.ActivityTaskCompletedEventAttributes.ScheduledEventId, e.ActivityTaskCompletedEventAttributes.StartedEventId);
                    break;
                case EventType.ActivityTaskFailed:
                    Ended(e.ActivityTaskFailedEventAttributes.ScheduledEventId, e.ActivityTaskFailedEventAttributes.StartedEventId);
                    break;
                default:
                    Assert.True(!started || IsClose(e), $"nothing but its end while a worker has the workflow task; {said}");
                    break;
            }
        }

        void Ended(long scheduledEventId, long startedEventId)
        {
            Assert.True(openActivities.Remove(scheduledEventId), $"an activity ends once; {said}");
            Assert.True(
                events[(int)startedEventId - 1].ActivityTaskStartedEventAttributes?.ScheduledEventId == scheduledEventId, $"its start is named; {said}");
        }
    }

    private static bool IsClose(HistoryEvent e) => e.EventType is EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionContinuedAsNew
        or EventType.WorkflowExecutionTimedOut or EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionFailed;
}
