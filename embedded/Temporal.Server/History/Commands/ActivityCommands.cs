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
        Ids.Require(scope.Limits, attributes.ActivityId, "activity id", Bad);
        Ids.Require(scope.Limits, attributes.ActivityType?.Name, "activity type", Bad);
        Ids.Limit(scope.Limits, attributes.TaskQueue?.Name, "task queue", Bad);
        if (scope.State.ActivityIds.ContainsKey(attributes.ActivityId))
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.ScheduleActivityDuplicateId,
                $"Activity {attributes.ActivityId} is open already."
            );
        }

        if (scope.State.Activities.Count >= scope.Limits.PendingActivities)
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.PendingActivitiesLimitExceeded,
                CountLimits.Reached("pending activities", scope.State.Activities.Count, scope.Limits.PendingActivities)
            );
        }

        var scheduled = new ActivityTaskScheduledEventAttributes
        {
            ActivityId = attributes.ActivityId,
            ActivityType = attributes.ActivityType,
            TaskQueue = string.IsNullOrEmpty(attributes.TaskQueue?.Name) ? scope.State.Started.TaskQueue : attributes.TaskQueue,
            Header = attributes.Header,
            Input = attributes.Input,
            WorkflowTaskCompletedEventId = scope.CompletedEventId,
            UseWorkflowBuildId = attributes.UseWorkflowBuildId,
            Priority = attributes.Priority,
        };
        CompleteOptions(attributes, scheduled, scope.State.Started.WorkflowRunTimeout.ToSpan());
        var e = scope.Add(command, new HistoryEvent { ActivityTaskScheduledEventAttributes = scheduled });
        if (attributes.RequestEagerExecution && scheduled.TaskQueue.Name == scope.State.TaskQueue)
        {
            scope.EagerActivities.Add(
                scope.Transition.StartActivity(
                    scope.State.Activities[e.EventId],
                    requestId: RunIds.New(),
                    scope.Request.Identity,
                    scope.Namespace.Name
                )
            );
        }
    }

    /// <summary>Asks an activity to cancel; one that no worker has is cancelled at once.</summary>
    public static void RequestCancel(CommandScope scope, Command command)
    {
        var scheduledEventId = command.RequestCancelActivityTaskCommandAttributes.ScheduledEventId;
        if (
            scheduledEventId <= 0
            || scheduledEventId >= scope.State.NextEventId
            || scope.State.Events[(int)scheduledEventId - 1].AttributesCase
                != HistoryEvent.AttributesOneofCase.ActivityTaskScheduledEventAttributes
        )
        {
            throw new BadCommandException(
                WorkflowTaskFailedCause.BadRequestCancelActivityAttributes,
                $"Event {scheduledEventId} did not schedule an activity."
            );
        }

        var requested = scope.Add(
            command,
            new HistoryEvent
            {
                ActivityTaskCancelRequestedEventAttributes = new ActivityTaskCancelRequestedEventAttributes
                {
                    ScheduledEventId = scheduledEventId,
                    WorkflowTaskCompletedEventId = scope.CompletedEventId,
                },
            }
        );
        if (scope.State.Activities.TryGetValue(scheduledEventId, out var activity) && !activity.IsStarted)
        {
            scope.Transition.Add(
                new HistoryEvent
                {
                    ActivityTaskCanceledEventAttributes = new ActivityTaskCanceledEventAttributes
                    {
                        ScheduledEventId = scheduledEventId,
                        LatestCancelRequestedEventId = requested.EventId,
                        Details = JsonText("ACTIVITY_ID_NOT_STARTED"),
                        Identity = scope.Request.Identity,
                    },
                }
            );
            scope.NeedsWorkflowTask = true;
        }
    }

    private static void CompleteOptions(
        ScheduleActivityTaskCommandAttributes asked,
        ActivityTaskScheduledEventAttributes scheduled,
        TimeSpan runTimeout
    )
    {
        try
        {
            var timeouts = ActivityTimeouts.Complete(
                asked.ActivityId,
                asked.ScheduleToCloseTimeout,
                asked.ScheduleToStartTimeout,
                asked.StartToCloseTimeout,
                asked.HeartbeatTimeout,
                runTimeout
            );
            scheduled.ScheduleToCloseTimeout = timeouts.ScheduleToClose.ToProto();
            scheduled.ScheduleToStartTimeout = timeouts.ScheduleToStart.ToProto();
            scheduled.StartToCloseTimeout = timeouts.StartToClose.ToProto();
            scheduled.HeartbeatTimeout = timeouts.Heartbeat.ToProto();
            scheduled.RetryPolicy = RetryPolicies.Check(asked.RetryPolicy);
            Priorities.Check(asked.Priority);
        }
        catch (RpcException error)
        {
            throw new BadCommandException(Bad, error.Message);
        }
    }

    private static Payloads JsonText(string text) =>
        new()
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
