using Temporal.Server.History.State;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Store;
using Temporalio.Api.History.V1;
using Case = Temporalio.Api.History.V1.HistoryEvent.AttributesOneofCase;

namespace Temporal.Server.History;

/// <summary>
/// One change of one run, under its gate: events are appended (or buffered), side state is set, and what must happen after the commit
/// is noted. Nothing leaves the run before the commit.
/// </summary>
internal sealed class Transition
{
    private readonly List<HistoryEvent> added = [];
    private readonly List<Action> effects = [];
    private readonly List<Transition> created = [];

    /// <summary>Begins a change at a time.</summary>
    public Transition(Run run, RunState state, DateTimeOffset now)
    {
        Run = run;
        State = state;
        var last =
            state.WorkflowTask is { Speculative: true } task ? task.StartedTime ?? task.ScheduledTime
            : state.Events.Count > 0 ? state.Events[^1].EventTime.ToDateTimeOffset()
            : now;
        Now = last > now ? last : now;
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>Its state, with the changes so far.</summary>
    public RunState State { get; }

    /// <summary>The time of the change; never before the last event.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The events to store: the new ones, after the start of the workflow task if that was not stored yet.</summary>
    public IReadOnlyList<HistoryEvent> Added => Run.UnwrittenStart is { } start ? [start.Event, .. added] : added;

    /// <summary>Whether there is anything to commit.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Runs created by this change, in the same commit.</summary>
    public IReadOnlyList<Transition> Created => created;

    /// <summary>The workflow id means this run from the commit on; set on a created run.</summary>
    public CurrentRunWrite? Current { get; set; }

    /// <summary>
    /// Whether the workflow task was started, or the one that lives in memory only was scheduled, started or dropped. That alone is nothing
    /// to commit.
    /// </summary>
    public bool Speculates { get; private set; }

    /// <summary>Says that side state was changed.</summary>
    public void Touch()
    {
        WriteSpeculative();
        IsChanged = true;
    }

    /// <summary>Says that side state was changed by what a genuine server would have a transaction for, but no event.</summary>
    public void TouchUnseen()
    {
        Touch();
        State.UnseenTransitions++;
    }

    /// <summary>Sets the workflow task that lives in memory only, after everything else; null drops it.</summary>
    public void Speculate(WorkflowTaskState? task)
    {
        State.WorkflowTask = task;
        Speculates = true;
        After(() => Run.Speculative = task);
    }

    /// <summary>
    /// Starts the pending workflow task, whose scheduling history has. By itself that is not written before something else is.
    /// </summary>
    public void Start(WorkflowTaskState started)
    {
        var start = new UnwrittenStart(Number(WorkflowTaskStart.StartedEvent(started)), started);
        start.ApplyTo(State);
        added.Add(start.Event);
        Speculates = true;
        After(() =>
        {
            if (!IsChanged)
            {
                Run.UnwrittenStart = start;
            }
        });
    }

    /// <summary>
    /// Writes the start of the workflow task with this change, if it is not written yet: somebody is about to be shown it who would not
    /// notice that the next server knows nothing of it.
    /// </summary>
    public void WriteStart()
    {
        if (Run.UnwrittenStart is not null)
        {
            Touch();
        }
    }

    /// <summary>Makes the workflow task that lives in memory only a normal one, as must be done before anything else is written.</summary>
    public void WriteSpeculative()
    {
        if (State.WorkflowTask is not { Speculative: true } task)
        {
            return;
        }

        var unwritten = WorkflowTaskStart.UnwrittenEvents(State, task);
        State.WorkflowTask = task with { Speculative = false };
        After(() => Run.Speculative = null);
        foreach (var e in unwritten)
        {
            Add(e);
        }
    }

    /// <summary>Notes what to do when the change is durable. Must not wait or throw.</summary>
    public void After(Action effect) => effects.Add(effect);

    /// <summary>Does what was noted.</summary>
    public void RunEffects()
    {
        foreach (var effect in effects)
        {
            effect();
        }
    }

    /// <summary>Creates a run together with this change.</summary>
    public void Create(Transition successor) => created.Add(successor);

    /// <summary>
    /// Says that these events, which the state has already, are to be stored with this change: the copied part of another run's history.
    /// </summary>
    public void AddCopied(IEnumerable<HistoryEvent> copied)
    {
        IsChanged = true;
        added.AddRange(copied);
    }

    /// <summary>Appends an event that the server or the worker's commands cause: it takes the next id now.</summary>
    public HistoryEvent Add(HistoryEvent e)
    {
        WriteSpeculative();
        IsChanged = true;
        EventApplier.Append(State, Number(e));
        added.Add(e);
        return e;
    }

    /// <summary>Appends an event from outside; while a worker has the workflow task it waits in the buffer and has no id yet.</summary>
    public HistoryEvent AddExternal(HistoryEvent e)
    {
        WriteSpeculative();
        if (State.WorkflowTask is not { IsStarted: true })
        {
            return Add(e);
        }

        IsChanged = true;
        State.Buffered.Add(Complete(e));
        EventApplier.Settle(State, e);
        return e;
    }

    /// <summary>Moves the buffered events into history: outcomes of activities and children last, otherwise in order of arrival.</summary>
    /// <returns>Whether there were any.</returns>
    public bool FlushBuffer()
    {
        if (State.Buffered.Count == 0)
        {
            return false;
        }

        var flushed = State.Buffered.OrderBy(e => Events.IsOutcome(e.AttributesCase)).ToList();
        State.Buffered.Clear();
        var activityStarts = new Dictionary<long, long>();
        var childStarts = new Dictionary<long, long>();
        foreach (var buffered in flushed)
        {
            WireStart(buffered, activityStarts, childStarts);
            var e = Add(buffered);
            if (e.AttributesCase == Case.ActivityTaskStartedEventAttributes)
            {
                activityStarts[e.ActivityTaskStartedEventAttributes.ScheduledEventId] = e.EventId;
            }
            else if (e.AttributesCase == Case.ChildWorkflowExecutionStartedEventAttributes)
            {
                childStarts[e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId] = e.EventId;
            }
        }

        return true;
    }

    private HistoryEvent Number(HistoryEvent e)
    {
        e.EventId = State.NextEventId;
        return Complete(e);
    }

    private HistoryEvent Complete(HistoryEvent e)
    {
        e.EventTime ??= Now.ToProto();
        e.EventType = Events.TypeOf(e.AttributesCase);
        e.WorkerMayIgnore = Events.MayBeIgnored(e.AttributesCase);
        return e;
    }

    // An outcome names its started event, whose id is known only now if that was buffered as well.
    private static void WireStart(HistoryEvent e, Dictionary<long, long> activityStarts, Dictionary<long, long> childStarts)
    {
        switch (e.AttributesCase)
        {
            case Case.ActivityTaskCompletedEventAttributes
                when activityStarts.TryGetValue(e.ActivityTaskCompletedEventAttributes.ScheduledEventId, out var id):
                e.ActivityTaskCompletedEventAttributes.StartedEventId = id;
                break;
            case Case.ActivityTaskFailedEventAttributes
                when activityStarts.TryGetValue(e.ActivityTaskFailedEventAttributes.ScheduledEventId, out var id):
                e.ActivityTaskFailedEventAttributes.StartedEventId = id;
                break;
            case Case.ActivityTaskTimedOutEventAttributes
                when activityStarts.TryGetValue(e.ActivityTaskTimedOutEventAttributes.ScheduledEventId, out var id):
                e.ActivityTaskTimedOutEventAttributes.StartedEventId = id;
                break;
            case Case.ActivityTaskCanceledEventAttributes
                when activityStarts.TryGetValue(e.ActivityTaskCanceledEventAttributes.ScheduledEventId, out var id):
                e.ActivityTaskCanceledEventAttributes.StartedEventId = id;
                break;
            case Case.ChildWorkflowExecutionCompletedEventAttributes
                when childStarts.TryGetValue(e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId, out var id):
                e.ChildWorkflowExecutionCompletedEventAttributes.StartedEventId = id;
                break;
            case Case.ChildWorkflowExecutionFailedEventAttributes
                when childStarts.TryGetValue(e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId, out var id):
                e.ChildWorkflowExecutionFailedEventAttributes.StartedEventId = id;
                break;
            case Case.ChildWorkflowExecutionCanceledEventAttributes
                when childStarts.TryGetValue(e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId, out var id):
                e.ChildWorkflowExecutionCanceledEventAttributes.StartedEventId = id;
                break;
            case Case.ChildWorkflowExecutionTimedOutEventAttributes
                when childStarts.TryGetValue(e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId, out var id):
                e.ChildWorkflowExecutionTimedOutEventAttributes.StartedEventId = id;
                break;
            case Case.ChildWorkflowExecutionTerminatedEventAttributes
                when childStarts.TryGetValue(e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId, out var id):
                e.ChildWorkflowExecutionTerminatedEventAttributes.StartedEventId = id;
                break;
            default:
                break;
        }
    }
}
