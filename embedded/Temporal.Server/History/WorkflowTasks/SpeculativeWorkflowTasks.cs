using Temporal.Server.History.State;
using Temporal.Server.History.Updates;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.WorkflowTasks;

/// <summary>
/// Workflow tasks that live in memory only, so that a rejected update leaves no trace: an update on an idle run schedules one. Whatever
/// else is written to the run meanwhile makes it a normal one first; a server that dies forgets it together with the update.
/// </summary>
internal static class SpeculativeWorkflowTasks
{
    // What a worker would get again and again while updates are rejected.
    private const int EventsSentAgain = 10;

    /// <summary>Schedules one unless a workflow task is pending; a run that never had a workflow task gets a normal one.</summary>
    public static void ScheduleSpeculativeWorkflowTask(this Transition t)
    {
        if (!t.State.HasHadWorkflowTask)
        {
            t.ScheduleFirstWorkflowTask();
        }
        else if (t.State.IsOpen && t.State.WorkflowTask is null && !t.State.AwaitingParent)
        {
            t.Speculate(
                new WorkflowTaskState
                {
                    ScheduledEventId = t.State.NextEventId,
                    Attempt = 1,
                    ScheduledTime = t.Now,
                    OriginalScheduledTime = t.Now,
                    Sticky = t.State.StickyQueue.Length > 0,
                    StartToClose = WorkflowTaskScheduling.TimeoutOf(t, attempt: 1),
                    Speculative = true,
                }
            );
        }
    }

    /// <summary>Whether a completion changes nothing, so that it can be forgotten with its task.</summary>
    public static bool CanBeForgotten(RunState state, WorkflowTaskState task, RespondWorkflowTaskCompletedRequest request)
    {
        // From the last task's started event on, its completed event included.
        var sentAgain = request.Capabilities?.DiscardSpeculativeWorkflowTaskWithEvents == true ? EventsSentAgain : 0;
        return task.Speculative
            && request.Commands.Count == 0
            && !request.ForceCreateNewWorkflowTask
            && state.NextEventId <= state.PreviousStartedEventId + 2 + sentAgain
            && request.Messages.All(message => IsForgettable(state, message));
    }

    // A rejected update that history shows as admitted is remembered as rejected.
    private static bool IsForgettable(RunState state, Message message) =>
        message.Body?.Is(Rejection.Descriptor) == true && !state.AdmittedUpdates.ContainsKey(message.ProtocolInstanceId);
}
