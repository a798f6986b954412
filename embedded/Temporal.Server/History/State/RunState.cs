using Temporal.Server.History.Records;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.Workflow.V1;

namespace Temporal.Server.History.State;

/// <summary>
/// All that is known of one run. What history says changes only in <see cref="EventApplier"/>; the rest (marked "side") is set by
/// transitions and kept in the side record.
/// </summary>
internal sealed class RunState
{
    private readonly List<string> rejectedUpdates = [];

    /// <summary>All events in order; index is event id - 1.</summary>
    public List<HistoryEvent> Events { get; } = [];

    /// <summary>The id that the next event gets.</summary>
    public long NextEventId => Events.Count + 1;

    /// <summary>Serialised size of the events.</summary>
    public long HistorySizeBytes { get; set; }

    /// <summary>What the events cost as transitions.</summary>
    public StateTransitions Transitions { get; set; }

    /// <summary>Side: transitions that no event shows.</summary>
    public long UnseenTransitions { get; set; }

    /// <summary>Transitions of the run so far, as a genuine server counts them.</summary>
    public long TransitionCount => Buffered.Aggregate(Transitions, (transitions, e) => transitions.After(e)).Count + UnseenTransitions;

    /// <summary>The first event's attributes.</summary>
    public WorkflowExecutionStartedEventAttributes Started => Events[0].WorkflowExecutionStartedEventAttributes;

    /// <summary>When the run was created; for one that a reset made, the reset, although its first event is older.</summary>
    public DateTimeOffset StartTime => ResetOrigin?.Time.ToDateTimeOffset() ?? Events[0].EventTime.ToDateTimeOffset();

    /// <summary>How it ended; null while open.</summary>
    public RunClose? Close { get; set; }

    /// <summary>Whether the run is open.</summary>
    public bool IsOpen => Close is null;

    /// <summary>Running, or how it ended.</summary>
    public WorkflowExecutionStatus Status => Close?.Status ?? WorkflowExecutionStatus.Running;

    /// <summary>Merged search attributes. Replaced, never modified.</summary>
    public SearchAttributes SearchAttributes { get; set; } = new();

    /// <summary>The builds of workers that completed workflow tasks.</summary>
    public BuildIds BuildIds { get; set; } = BuildIds.None;

    /// <summary>Merged memo. Replaced, never modified.</summary>
    public Memo Memo { get; set; } = new();

    /// <summary>Options that can be changed while the run is open. Replaced, never modified.</summary>
    public WorkflowExecutionOptions Options { get; set; } = new();

    /// <summary>Open activities by scheduled event id.</summary>
    public Dictionary<long, ActivityState> Activities { get; } = [];

    /// <summary>Open activities' scheduled event ids by activity id.</summary>
    public Dictionary<string, long> ActivityIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Running timers by timer id.</summary>
    public Dictionary<string, TimerState> Timers { get; } = new(StringComparer.Ordinal);

    /// <summary>Children by initiated event id.</summary>
    public Dictionary<long, ChildState> Children { get; } = [];

    /// <summary>Signals to other runs that have no result yet, by initiated event id.</summary>
    public Dictionary<long, SignalExternalWorkflowExecutionInitiatedEventAttributes> ExternalSignals { get; } = [];

    /// <summary>Cancel requests to other runs that have no result yet, by initiated event id.</summary>
    public Dictionary<long, RequestCancelExternalWorkflowExecutionInitiatedEventAttributes> ExternalCancels { get; } = [];

    /// <summary>Updates that history knows, by update id.</summary>
    public Dictionary<string, RecordedUpdate> Updates { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Requests of the updates that history shows as admitted (a reset carried them over), until they are accepted or rejected.
    /// </summary>
    public Dictionary<string, Request> AdmittedUpdates { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Where each build of the worker completed its first task, the last few. Run ids are left open: they are this run's.
    /// </summary>
    public List<ResetPointInfo> AutoResetPoints { get; } = [];

    /// <summary>Start requests that were attached to the run, by request id.</summary>
    public Dictionary<string, AttachedRequest> AttachedRequests { get; } = new(StringComparer.Ordinal);

    /// <summary>Request ids of the signals received, buffered ones included.</summary>
    public HashSet<string> SignalRequestIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Signals received.</summary>
    public int SignalCount { get; set; }

    /// <summary>Whether cancellation was requested (perhaps still buffered).</summary>
    public bool CancelRequested { get; set; }

    /// <summary>Started event of the last completed workflow task; 0 before the first.</summary>
    public long PreviousStartedEventId { get; set; }

    /// <summary>Completed event of the last completed workflow task; 0 before the first.</summary>
    public long LastCompletedEventId { get; set; }

    /// <summary>Whether any workflow task was ever scheduled.</summary>
    public bool HasHadWorkflowTask { get; set; }

    /// <summary>Side: the pending workflow task.</summary>
    public WorkflowTaskState? WorkflowTask { get; set; }

    /// <summary>Side: events waiting for the started workflow task to end.</summary>
    public List<HistoryEvent> Buffered { get; } = [];

    /// <summary>Side: the last worker's own queue; empty when not sticky.</summary>
    public string StickyQueue { get; set; } = "";

    /// <summary>Side: how long a task may wait on the sticky queue.</summary>
    public TimeSpan StickyScheduleToStart { get; set; }

    /// <summary>Side: the request id that started the run.</summary>
    public string StartRequestId { get; set; } = "";

    /// <summary>Side: a child that waits for its parent's word before its first workflow task.</summary>
    public bool AwaitingParent { get; set; }

    /// <summary>Side: started children that may not have been given that word, by initiated event id.</summary>
    public HashSet<long> ChildrenToLaunch { get; } = [];

    /// <summary>Side: abandoned children that were started after this run closed, by initiated event id.</summary>
    public HashSet<long> ChildrenStartedLate { get; } = [];

    /// <summary>Side: closed, and the parent has not recorded it.</summary>
    public bool ParentToNotify { get; set; }

    /// <summary>Side: what a closed parent must still do to its children.</summary>
    public List<ChildToClose> ChildrenToClose { get; } = [];

    /// <summary>Side: the reset that made this run; null for any other run.</summary>
    public ResetOrigin? ResetOrigin { get; set; }

    /// <summary>Side: the run that the last reset from this one made, or empty.</summary>
    public string ResetRunId { get; set; } = "";

    /// <summary>Side: closed to be deleted, once parent and children have heard of the close.</summary>
    public bool ToDelete { get; set; }

    /// <summary>Side: updates admitted in history and rejected since.</summary>
    public IReadOnlyCollection<string> RejectedUpdates => rejectedUpdates;

    /// <summary>The queue that workflow tasks go to when not sticky.</summary>
    public string TaskQueue => Started.TaskQueue.Name;

    /// <summary>When the first workflow task may be scheduled.</summary>
    public DateTimeOffset ExecutionTime => StartTime.SaturatingAdd(Started.FirstWorkflowTaskBackoff.ToSpan());

    /// <summary>Whether the first workflow task is still held back by a delay.</summary>
    public bool InFirstBackoff => !HasHadWorkflowTask && Started.FirstWorkflowTaskBackoff.ToSpan() > TimeSpan.Zero;

    /// <summary>Takes buffered events away that will not come into the history; that they came still counts.</summary>
    public void DropBuffered(Predicate<HistoryEvent> dropped)
    {
        var before = TransitionCount;
        Buffered.RemoveAll(dropped);
        UnseenTransitions += before - TransitionCount;
    }

    /// <summary>When the run times out.</summary>
    public DateTimeOffset? RunDeadline
    {
        get
        {
            var timeout = Started.WorkflowRunTimeout.ToSpan();
            DateTimeOffset? run =
                timeout == TimeSpan.Zero ? null : (ResetOrigin is null ? ExecutionTime : StartTime).SaturatingAdd(timeout);
            return Durations.Earlier(run, ExecutionDeadline);
        }
    }

    /// <summary>When the whole chain of runs times out.</summary>
    public DateTimeOffset? ExecutionDeadline =>
        ResetOrigin is not null && Started.WorkflowExecutionTimeout.ToSpan() is { Ticks: > 0 } timeout
            ? StartTime.SaturatingAdd(timeout)
            : Started.WorkflowExecutionExpirationTime?.ToDateTimeOffset();

    /// <summary>A worker rejected an update; if history shows it as admitted, it must not come back with the next load.</summary>
    public void RejectUpdate(string id)
    {
        if (AdmittedUpdates.Remove(id))
        {
            rejectedUpdates.Add(id);
        }
    }

    /// <summary>When the run next has something to do by itself.</summary>
    public DateTimeOffset? NextWake()
    {
        if (!IsOpen)
        {
            return null;
        }

        var next = RunDeadline;
        if (InFirstBackoff && !AwaitingParent)
        {
            next = Durations.Earlier(next, ExecutionTime);
        }

        foreach (var timer in Timers.Values)
        {
            next = Durations.Earlier(next, timer.Due);
        }

        foreach (var activity in Activities.Values)
        {
            next = Durations.Earlier(next, activity.BackoffEnd);
            next = Durations.Earlier(next, activity.ScheduleToStartDeadline);
            next = Durations.Earlier(next, activity.StartToCloseDeadline);
            next = Durations.Earlier(next, activity.ScheduleToCloseDeadline);
            next = Durations.Earlier(next, activity.HeartbeatDeadline);
        }

        return Durations.Earlier(next, WorkflowTaskDeadline);
    }

    /// <summary>When the pending workflow task times out: once started, or while it waits on a sticky queue or in memory only.</summary>
    public DateTimeOffset? WorkflowTaskDeadline =>
        WorkflowTask switch
        {
            { IsStarted: true } task => task.StartedTime!.Value.SaturatingAdd(task.StartToClose),
            { Speculative: true } task => task.ScheduledTime.SaturatingAdd(Limits.SpeculativeTaskStart),
            { Sticky: true } task when StickyScheduleToStart > TimeSpan.Zero => task.ScheduledTime.SaturatingAdd(StickyScheduleToStart),
            _ => null,
        };
}
