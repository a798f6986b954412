using Temporal.Server.History.State;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History;

/// <summary>
/// A workflow task that a worker has taken since the run's last commit. Taking it is acknowledged to nobody, so it costs no commit of its
/// own: its event is stored with whatever is written to the run next, and before anybody else reads it in the history. After a server that
/// dies before that, the next one finds the task still waiting and gives it out again; the first worker's token names another start and is
/// refused.
/// </summary>
/// <param name="Event">The started event, with its id and time.</param>
/// <param name="Task">The task as started. Never modified, only replaced.</param>
internal sealed record UnwrittenStart(HistoryEvent Event, WorkflowTaskState Task)
{
    /// <summary>Adds it to a state that has the task as scheduled.</summary>
    public void ApplyTo(RunState state)
    {
        EventApplier.Append(state, Event);
        state.WorkflowTask = Task;
    }

    /// <summary>Whether a state as stored still waits for this start; otherwise the run has gone on, with it or without.</summary>
    public bool Follows(RunState stored) =>
        stored is { IsOpen: true, WorkflowTask: { IsStarted: false, IsUnwritten: false } waiting }
        && waiting.ScheduledEventId == Task.ScheduledEventId
        && stored.NextEventId == Event.EventId;
}
