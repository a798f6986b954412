using Temporal.Server.History.Activities;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Commands;

/// <summary>SCHEDULE_ACTIVITY_TASK and REQUEST_CANCEL_ACTIVITY_TASK.</summary>
internal static class ActivityCommands
{
    private const WorkflowTaskFailedCause Bad = WorkflowTaskFailedCause.BadScheduleActivityAttributes;

    /// <summary>Schedules an activity, with its time-outs and retry policy made complete.</summary>
    public static void Schedule(CommandScope scope, Command command)
    {
        var attributes = command.ScheduleActivityTaskCommandAttributes;
        Ids.Require(attributes.ActivityId, "activity id", Bad);
        Ids.Require(attributes.ActivityType?.Name, "activity type", Bad);
        Ids.Limit(attributes.TaskQueue?.Name, "task queue", Bad);
        if (scope.State.ActivityIds.ContainsKey(attributes.ActivityId))
        {
            throw new BadCommandException(WorkflowTaskFailedCause.ScheduleActivityDuplicateId, $"Activity {attributes.ActivityId} is open already.");
        }

        if (scope.State.Activities.Count >= Limits.Pending)
        {
            throw new BadCommandException(WorkflowTaskFailedCause.PendingActivitiesLimitExceeded, $"{Limits.Pending} activities are open.");
        }

        var scheduled = new ActivityTaskScheduledEventAttributes
        {
            ActivityId = attributes.ActivityId,
            ActivityType = attributes.ActivityType,
            TaskQueue = string.IsNullOrEmpty(attributes.TaskQueue?.Name) ? scope.State.Started.TaskQueue : attributes.TaskQueue,
            Header = attributes.Header,
            Input = attributes.Input,
            WorkflowTaskCompletedEventId = scope.CompletedEventId,
            RetryPolicy = CheckRetryPolicy(attributes.RetryPolicy),
            UseWorkflowBuildId = attributes.UseWorkflowBuildId,
            Priority = attributes.Priority,
        };
        CompleteTimeouts(attributes, scheduled, scope.State.Started.WorkflowRunTimeout.ToSpan());
        var e = scope.Add(command, new HistoryEvent { ActivityTaskScheduledEventAttributes = scheduled });
        if (attributes.RequestEagerExecution && scheduled.TaskQueue.Name == scope.State.TaskQueue)
        {
            scope.EagerActivities.Add(scope.Transition.StartActivity(
                scope.State.Activities[e.EventId], requestId: RunIds.New(), scope.Request.Identity, scope.Namespace.Name));
        }
    }

    /// <summary>Asks an activity to cancel; one that no worker has is cancelled at once.</summary>
    public static void RequestCancel(CommandScope scope, Command command)
    {
        var scheduledEventId = command.RequestCancelActivityTaskCommandAttributes.ScheduledEventId;
        if (scheduledEventId <= 0 || scheduledEventId >= scope.State.NextEventId
            || scope.State.Events[(int)scheduledEventId - 1].AttributesCase != HistoryEvent.AttributesOneofCase.ActivityTaskScheduledEventAttributes)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.BadRequestCancelActivityAttributes, $"Event {scheduledEventId} did not schedule an activity.");
        }

        var requested = scope.Add(command, new HistoryEvent
        {
            ActivityTaskCancelRequestedEventAttributes = new ActivityTaskCancelRequestedEventAttributes
            {
                ScheduledEventId = scheduledEventId,
                WorkflowTaskCompletedEventId = scope.CompletedEventId,
            },
        });
        if (scope.State.Activities.TryGetValue(scheduledEventId, out var activity) && !activity.IsStarted)
        {
            scope.Transition.Add(new HistoryEvent
            {
                ActivityTaskCanceledEventAttributes = new ActivityTaskCanceledEventAttributes
                {
                    ScheduledEventId = scheduledEventId,
                    LatestCancelRequestedEventId = requested.EventId,
                    Details = JsonText("ACTIVITY_ID_NOT_STARTED"),
                    Identity = scope.Request.Identity,
                },
            });
            scope.NeedsWorkflowTask = true;
        }
    }

    private static RetryPolicy CheckRetryPolicy(RetryPolicy? policy)
    {
        try
        {
            return RetryPolicies.Check(policy);
        }
        catch (RpcException error)
        {
            throw new BadCommandException(Bad, error.Message);
        }
    }

    private static void CompleteTimeouts(ScheduleActivityTaskCommandAttributes asked, ActivityTaskScheduledEventAttributes scheduled, TimeSpan runTimeout)
    {
        var scheduleToClose = asked.ScheduleToCloseTimeout.ToSpan();
        var scheduleToStart = asked.ScheduleToStartTimeout.ToSpan();
        var startToClose = asked.StartToCloseTimeout.ToSpan();
        var heartbeat = asked.HeartbeatTimeout.ToSpan();
        if (scheduleToClose < TimeSpan.Zero || scheduleToStart < TimeSpan.Zero || startToClose < TimeSpan.Zero || heartbeat < TimeSpan.Zero)
        {
            throw new BadCommandException(Bad, $"Activity {asked.ActivityId} has a negative time-out.");
        }

        if (scheduleToClose > TimeSpan.Zero)
        {
            scheduleToStart = scheduleToStart == TimeSpan.Zero ? scheduleToClose : Shorter(scheduleToStart, scheduleToClose);
            startToClose = startToClose == TimeSpan.Zero ? scheduleToClose : Shorter(startToClose, scheduleToClose);
        }
        else if (startToClose > TimeSpan.Zero)
        {
            scheduleToClose = runTimeout;
            scheduleToStart = scheduleToStart == TimeSpan.Zero ? runTimeout : scheduleToStart;
        }
        else
        {
            throw new BadCommandException(Bad, $"Activity {asked.ActivityId} has neither a schedule-to-close nor a start-to-close time-out.");
        }

        if (runTimeout > TimeSpan.Zero)
        {
            scheduleToClose = Shorter(scheduleToClose, runTimeout);
            scheduleToStart = Shorter(scheduleToStart, runTimeout);
            startToClose = Shorter(startToClose, runTimeout);
        }

        scheduled.ScheduleToCloseTimeout = scheduleToClose.ToProto();
        scheduled.ScheduleToStartTimeout = scheduleToStart.ToProto();
        scheduled.StartToCloseTimeout = startToClose.ToProto();
        scheduled.HeartbeatTimeout = Shorter(heartbeat, startToClose).ToProto();
    }

    private static TimeSpan Shorter(TimeSpan first, TimeSpan second) => first < second ? first : second;

    private static Payloads JsonText(string text) => new()
    {
        Payloads_ =
        {
            new Payload
            {
                Metadata = { ["encoding"] = Google.Protobuf.ByteString.CopyFromUtf8("json/plain") },
                Data = Google.Protobuf.ByteString.CopyFromUtf8($"\"{text}\""),
            },
        },
    };
}
