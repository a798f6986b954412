using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Long.Tests.Engine;

public sealed class RandomHistoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whatever_workers_and_clients_do_histories_stay_sound(int cachedRuns)
    {
        var seen = new HashSet<EventType>();
        for (var seed = 0; seed < 25; seed++)
        {
            var store = new InMemoryStore();
            await using var server = await EngineHost.StartAsync(store, cachedRuns);
            var runIds = await new RandomPlay(server, seed).PlayAsync();
            // At rest, so that nothing happens between the look at the one and the look at the other.
            await server.DisposeAsync();
            await using var reloaded = await EngineHost.StartAsync(store);
            foreach (var runId in runIds)
            {
                var events = await server.HistoryAsync("w", runId);
                var hasTask = Check(events, seed);
                seen.UnionWith(events.Select(e => e.EventType));
                var stored = await reloaded.HistoryAsync("w", runId);
                Assert.Equal(events, stored);
                Assert.Equal(await DescribeAsync(server, runId, hasTask), await DescribeAsync(reloaded, runId, hasTask));
            }
        }

        EventType[] expected =
        [
            EventType.WorkflowExecutionUpdateAdmitted,
            EventType.WorkflowExecutionUpdateAccepted,
            EventType.WorkflowExecutionUpdateCompleted,
            EventType.WorkflowTaskFailed,
            EventType.WorkflowExecutionTerminated,
        ];
        Assert.Empty(expected.Except(seen));
    }

    // A workflow task that history does not know and that is no retry lives in memory only: a restart forgets it.
    private static async Task<DescribeWorkflowExecutionResponse> DescribeAsync(EngineHost server, string runId, bool hasTask)
    {
        var described = await server.CallAsync<DescribeWorkflowExecutionResponse>(
            new DescribeWorkflowExecutionRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w", RunId = runId },
            }
        );
        if (!hasTask && described.PendingWorkflowTask is { Attempt: 1 })
        {
            described.PendingWorkflowTask = null;
        }

        return described;
    }

    // Whether a workflow task is open at the end.
    private static bool Check(IReadOnlyList<HistoryEvent> events, int seed)
    {
        var said = $"seed {seed}: {string.Join(' ', events.Select(e => e.EventType))}";
        var pendingTask = 0L;
        var started = false;
        var openTimers = new HashSet<string>();
        var openActivities = new HashSet<long>();
        var openUpdates = new HashSet<string>();
        var admitted = new HashSet<string>();
        var latest = DateTimeOffset.MinValue;
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            Assert.True(e.EventId == i + 1, $"ids are contiguous; {said}");
            Assert.True(!IsClose(e) || i == events.Count - 1, $"nothing follows the close; {said}");
            if (
                e.EventType
                is EventType.WorkflowTaskScheduled
                    or EventType.WorkflowTaskStarted
                    or EventType.WorkflowTaskCompleted
                    or EventType.TimerStarted
            )
            {
                // Others bear the time at which they arrived, which may be before the workflow task's end that they waited for.
                Assert.True(e.EventTime.ToDateTimeOffset() >= latest, $"time does not go back at event {e.EventId}; {said}");
                latest = e.EventTime.ToDateTimeOffset();
            }

            switch (e.EventType)
            {
                case EventType.WorkflowExecutionUpdateAdmitted:
                    Assert.True(
                        admitted.Add(e.WorkflowExecutionUpdateAdmittedEventAttributes.Request.Meta.UpdateId),
                        $"admitted once; {said}"
                    );
                    break;
                case EventType.WorkflowExecutionUpdateAccepted:
                    var update = e.WorkflowExecutionUpdateAcceptedEventAttributes;
                    Assert.True(openUpdates.Add(update.ProtocolInstanceId), $"accepted once; {said}");
                    Assert.True(
                        (update.AcceptedRequest is null) == admitted.Contains(update.ProtocolInstanceId),
                        $"the request is written once; {said}"
                    );
                    break;
                case EventType.WorkflowExecutionUpdateCompleted:
                    Assert.True(
                        openUpdates.Contains(e.WorkflowExecutionUpdateCompletedEventAttributes.Meta.UpdateId)
                            && events[(int)e.WorkflowExecutionUpdateCompletedEventAttributes.AcceptedEventId - 1].EventType
                                == EventType.WorkflowExecutionUpdateAccepted,
                        $"completes what was accepted; {said}"
                    );
                    break;
                case EventType.WorkflowTaskScheduled:
                    Assert.True(pendingTask == 0, $"at most one workflow task; {said}");
                    pendingTask = e.EventId;
                    break;
                case EventType.WorkflowTaskStarted:
                    Assert.True(
                        e.WorkflowTaskStartedEventAttributes.ScheduledEventId == pendingTask && !started,
                        $"starts what is scheduled; {said}"
                    );
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

        return pendingTask != 0;

        void Ended(long scheduledEventId, long startedEventId)
        {
            Assert.True(openActivities.Remove(scheduledEventId), $"an activity ends once; {said}");
            Assert.True(
                events[(int)startedEventId - 1].ActivityTaskStartedEventAttributes?.ScheduledEventId == scheduledEventId,
                $"its start is named; {said}"
            );
        }
    }

    private static bool IsClose(HistoryEvent e) =>
        e.EventType
            is EventType.WorkflowExecutionCompleted
                or EventType.WorkflowExecutionContinuedAsNew
                or EventType.WorkflowExecutionTimedOut
                or EventType.WorkflowExecutionTerminated
                or EventType.WorkflowExecutionFailed;
}
