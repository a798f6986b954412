using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker.Events;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>
/// One run between history and workflow code: feeds events to the machines stretch by stretch, collects what the workflow
/// is to be told as activations, and keeps the commands until their events have come.
/// </summary>
internal sealed class HistoryDriver : IMachineHost
{
    private readonly CommandQueue commands = new();
    private readonly List<ActivationJob> jobs = [];
    private readonly List<Message> outbox = [];
    private readonly Dictionary<long, CommandMachine> byEventId = [];
    private readonly WorkerDeploymentVersion? ownVersion;
    private readonly string taskQueue;
    private List<Message> inbox = [];
    private WorkflowTaskSegments segments = WorkflowTaskSegments.Empty;
    private WorkerDeploymentVersion? version;
    private WorkflowTaskStartedEventAttributes taskStarted = new();
    private DateTime time;
    private long previousStartedId;
    private long lastEventId;
    private bool sawClose;
    private bool isCaughtUpOnce;
    private HistoryEvent? checkedCompleted;

    internal HistoryDriver(
        string runId,
        string taskQueue,
        LocalActivityMachine.ILocalActivities localActivities,
        WorkerDeploymentVersion? ownVersion,
        bool canRecordFlags)
    {
        Flags = new(canRecordFlags);
        RunId = runId;
        this.taskQueue = taskQueue;
        this.ownVersion = ownVersion;
        Machines = new(this, localActivities);
    }

    /// <inheritdoc />
    public string RunId { get; }

    /// <inheritdoc />
    public bool IsReplaying { get; private set; }

    /// <inheritdoc />
    public SdkFlags Flags { get; }

    internal WorkflowMachines Machines { get; }

    internal bool HasJobs => jobs.Count > 0;

    internal bool HasClosed => sawClose || Machines.IsClosed;

    /// <summary>Gets the last event that the machines have seen.</summary>
    internal long LastEventId => lastEventId;

    /// <summary>Gets the start of the task that the workflow has last seen.</summary>
    internal long LastStartedId { get; private set; }

    internal IEnumerable<Command> Commands => commands.Commands;

    /// <summary>Takes a task: new events (or all), the messages with it, and where the last completed task started.</summary>
    internal void AddWork(IReadOnlyList<HistoryEvent> events, long previousStartedId, IEnumerable<Message> messages)
    {
        inbox.AddRange(messages);
        segments = new(events);
        this.previousStartedId = previousStartedId;
        IsReplaying = previousStartedId > 0;
        ApplyNextSegment();
    }

    /// <summary>Feeds further stretches until there is something for the workflow to do or history is over.</summary>
    internal void Advance()
    {
        while (!HasJobs && ApplyNextSegment() > 0 && IsReplaying)
        {
        }
    }

    internal Activation TakeActivation() => MakeActivation(TakeJobs(), IsReplaying);

    internal Activation MakeQueryActivation(IReadOnlyList<ActivationJob> queries) => MakeActivation(queries, true);

    internal void Apply(IReadOnlyList<WorkflowIntent> intents)
    {
        Machines.Apply(intents, time, taskQueue);
        commands.DropWithdrawn();
    }

    internal List<Message> TakeMessages()
    {
        var messages = outbox.ToList();
        outbox.Clear();
        return messages;
    }

    internal WorkflowTaskCompletedMetadata TakeFlags()
    {
        version = ownVersion ?? version;
        return Flags.TakeForCompletion();
    }

    /// <summary>The server has dropped the last task (a rejected update): its two events never were.</summary>
    internal void ResetTo(long startedId)
    {
        LastStartedId = startedId;
        lastEventId -= 2;
    }

    /// <inheritdoc />
    void IMachineHost.Resolve(ActivationJob job) => jobs.Add(job);

    /// <inheritdoc />
    void IMachineHost.Issue(CommandMachine machine, Command command) => commands.Add(machine, command);

    /// <inheritdoc />
    void IMachineHost.Send(Message message)
    {
        if (!IsReplaying)
        {
            outbox.Add(message);
        }
    }

    /// <inheritdoc />
    void IMachineHost.AdvanceTime(DateTime utc) => AdvanceTime(utc);

    private void AdvanceTime(DateTime utc) => time = utc > time ? utc : time;

    private List<ActivationJob> TakeJobs()
    {
        var taken = jobs.OrderBy(job => job.Order).ToList();
        jobs.Clear();
        return taken;
    }

    private Activation MakeActivation(IReadOnlyList<ActivationJob> taken, bool replaying)
    {
        if (!replaying)
        {
            version = ownVersion;
        }
        return new(
            time,
            replaying,
            (int)lastEventId,
            taskStarted.HistorySizeBytes,
            taskStarted.SuggestContinueAsNew,
            [
                .. taskStarted.SuggestContinueAsNewReasons
                    .Select(reason => (Workflows.SuggestContinueAsNewReason)(int)reason)
                    .Where(reason => reason != Workflows.SuggestContinueAsNewReason.Unspecified),
            ],
            taskStarted.TargetWorkerDeploymentVersionChanged,
            version,
            Flags.Lang,
            taken);
    }

    private int ApplyNextSegment()
    {
        if (sawClose)
        {
            IsReplaying = false;
            return 0;
        }
        var afterStarted = LastStartedId;
        var events = segments.Take(afterStarted).Where(e => e.EventId > lastEventId).ToList();
        var isLast = segments.IsEmpty;
        if (isLast)
        {
            // A cached run must not keep its whole history.
            segments = WorkflowTaskSegments.Empty;
        }
        foreach (var completed in events.Select(e => e.WorkflowTaskCompletedEventAttributes).OfType<WorkflowTaskCompletedEventAttributes>())
        {
            Read(completed);
        }
        if (segments.PeekCompleted() is { } next)
        {
            Read(next);
        }
        if (events.Count == 0)
        {
            EndReplay();
            return 0;
        }

        var admitted = new Dictionary<string, Message>();
        for (var i = 0; i < events.Count; i++)
        {
            i += Apply(events[i], events.ElementAtOrDefault(i + 1), isLast, admitted);
        }
        if (isLast && !isCaughtUpOnce)
        {
            RequireNoLeftoverCommand();
        }
        if (events[^1] is { EventType: EventType.WorkflowTaskStarted } started)
        {
            LastStartedId = started.EventId;
            AdvanceTime(TimeOf(started));
        }
        if (!IsReplaying)
        {
            isCaughtUpOnce = true;

            // Without a new task there is no one to take the outcome of a local activity: a query must not run it.
            if (events[^1].EventType == EventType.WorkflowTaskStarted)
            {
                Machines.OnReplayOver();
            }
        }
        LookAhead(admitted);
        return events.Count;
    }

    private void EndReplay()
    {
        IsReplaying = false;
        isCaughtUpOnce = true;
    }

    private void Read(WorkflowTaskCompletedEventAttributes completed)
    {
        Flags.Read(completed);
        if (completed.DeploymentVersion is { } recorded)
        {
            version = new(recorded.DeploymentName, recorded.BuildId);
        }
        else if (completed.WorkerVersion?.BuildId is { Length: > 0 } buildId)
        {
            version = new(completed.WorkerDeploymentName, buildId);
        }
    }

    /// <summary>Feeds one event. Returns how many of the following ones it has dealt with, too.</summary>
    private int Apply(HistoryEvent e, HistoryEvent? next, bool isLast, Dictionary<string, Message> admitted)
    {
        if (e.EventId != lastEventId + 1)
        {
            throw new InvalidWorkflowOperationException(
                $"History is not contiguous: event {e.EventId} follows event {lastEventId}");
        }

        // What no one has seen before ends the replay; the commands of the last completed task were ours.
        if (IsReplaying && isLast && e.EventId > previousStartedId &&
            e.EventType != EventType.WorkflowTaskCompleted && !e.IsCommandEvent())
        {
            IsReplaying = false;
        }
        ReceiveMessagesBefore(e.EventId);
        var also = 0;
        if (e.WorkflowExecutionUpdateAdmittedEventAttributes is { } update)
        {
            Admit(e, update, admitted);
        }
        else
        {
            also = Handle(e, next);
        }
        lastEventId = e.EventId + also;
        return also;
    }

    private void ReceiveMessagesBefore(long eventId)
    {
        var due = inbox.Where(message => message.EventId <= eventId - 1).ToList();
        if (due.Count == 0)
        {
            return;
        }
        inbox = [.. inbox.Except(due)];
        due.ForEach(Receive);
    }

    private void Receive(Message message)
    {
        if (message.Body?.TryUnpack<Request>(out var request) != true || request.Meta == null || request.Input == null)
        {
            throw new InvalidWorkflowOperationException(
                $"Message {message.Id} with a body of type {message.Body?.TypeUrl} is not an update request");
        }
        Machines.AddUpdate(message, request);
    }

    private void Admit(
        HistoryEvent e, WorkflowExecutionUpdateAdmittedEventAttributes update, Dictionary<string, Message> admitted)
    {
        var id = update.Request.Meta.UpdateId;
        var message = new Message
        {
            Id = $"{id}/request",
            ProtocolInstanceId = id,
            EventId = e.EventId,
            Body = Any.Pack(update.Request),
        };
        if (IsReplaying)
        {
            admitted[id] = message;
        }
        else
        {
            inbox.Add(message);
        }
    }

    private int Handle(HistoryEvent e, HistoryEvent? next)
    {
        sawClose |= e.ClosesWorkflow();
        CheckCommandsOf(e);
        if (e.IsCommandEvent())
        {
            return HandleCommandEvent(e, next);
        }
        if (e.InitiatingEventId() is { } initiating)
        {
            if (!byEventId.TryGetValue(initiating, out var machine))
            {
                throw Nondeterminism.NoCommand(e);
            }
            machine.OnEvent(e);
            return 0;
        }
        HandleOther(e);
        return 0;
    }

    /// <summary>Once the events of a replayed task's commands are over, no command may be left without one.</summary>
    private void CheckCommandsOf(HistoryEvent e)
    {
        if (isCaughtUpOnce)
        {
            return;
        }
        if (e.EventType == EventType.WorkflowTaskCompleted)
        {
            checkedCompleted = e;
        }
        else if (!e.IsCommandEvent())
        {
            RequireNoLeftoverCommand();
        }
    }

    private void RequireNoLeftoverCommand()
    {
        if (checkedCompleted is { } completed && commands.FirstThatNeedsEvent is { } leftover)
        {
            throw Nondeterminism.NoEvent(leftover.DescribeCommand(), completed);
        }
        checkedCompleted = null;
    }

    private int HandleCommandEvent(HistoryEvent e, HistoryEvent? next)
    {
        if (LocalActivityMarker.TryRead(e, out var marker) &&
            Machines.LocalActivity(marker.Seq) is { MarkerIsCommand: false } local)
        {
            local.OnCommandEvent(e);
            return 0;
        }
        if (commands.Match(e) is { } machine)
        {
            byEventId[e.EventId] = machine;
            return 0;
        }
        var isVersionUpsert = next?.UpsertWorkflowSearchAttributesEventAttributes?.SearchAttributes
            ?.IndexedFields.ContainsKey(PatchMarker.SearchAttribute) == true;
        return isVersionUpsert ? 1 : 0;
    }

    private void HandleOther(HistoryEvent e)
    {
        switch (e.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                var started = e.WorkflowExecutionStartedEventAttributes;
                Machines.Started = started;
                AdvanceTime(TimeOf(e));
                jobs.Add(new ActivationJob.Initialize(
                    started, TimeOf(e), RandomSeed.FromRunId(started.OriginalExecutionRunId)));
                break;
            case EventType.WorkflowExecutionSignaled:
                jobs.Add(new ActivationJob.Signal(e.WorkflowExecutionSignaledEventAttributes));
                break;
            case EventType.WorkflowExecutionCancelRequested:
                jobs.Add(new ActivationJob.Cancel(e.WorkflowExecutionCancelRequestedEventAttributes.Cause));
                break;
            case EventType.WorkflowTaskStarted:
                taskStarted = e.WorkflowTaskStartedEventAttributes;
                break;
            case EventType.WorkflowTaskFailed
                when e.WorkflowTaskFailedEventAttributes is { Cause: WorkflowTaskFailedCause.ResetWorkflow } reset:
                jobs.Add(new ActivationJob.UpdateRandomSeed(RandomSeed.FromRunId(reset.NewRunId)));
                break;
            case EventType.WorkflowTaskScheduled or
                EventType.WorkflowTaskCompleted or
                EventType.WorkflowTaskFailed or
                EventType.WorkflowTaskTimedOut or
                EventType.WorkflowExecutionTerminated or
                EventType.WorkflowExecutionTimedOut or
                EventType.WorkflowExecutionOptionsUpdated or
                EventType.WorkflowExecutionPaused or
                EventType.WorkflowExecutionUnpaused or
                EventType.WorkflowExecutionTimeSkippingTransitioned:
                break;
            default:
                if (!e.WorkerMayIgnore)
                {
                    throw new InvalidWorkflowOperationException($"This worker does not know what {e.Describe()} means");
                }
                break;
        }
    }

    /// <summary>
    /// Looks for what must be known in this turn although its event belongs to the next: patches, ends of local
    /// activities, updates that were accepted.
    /// </summary>
    private void LookAhead(Dictionary<string, Message> admitted)
    {
        var later = new List<Action>();
        foreach (var e in segments.Peek(LastStartedId))
        {
            if (PatchMarker.TryRead(e, out var patch))
            {
                Machines.Patches.OnMarkerAhead(patch.PatchId);
                jobs.Add(new ActivationJob.NotifyHasPatch(patch.PatchId));
            }
            else if (LocalActivityMarker.TryRead(e, out var marker))
            {
                later.Add(() => Machines.OnLocalActivityMarkerAhead(marker));
            }
            else if (e.WorkflowExecutionUpdateAcceptedEventAttributes is { } accepted)
            {
                later.Add(() => Receive(AcceptedMessage(accepted, admitted)));
            }
        }
        later.ForEach(act => act());
    }

    private static Message AcceptedMessage(
        WorkflowExecutionUpdateAcceptedEventAttributes accepted, Dictionary<string, Message> admitted) =>
        admitted.Remove(accepted.ProtocolInstanceId, out var message)
            ? message
            : new()
            {
                Id = accepted.AcceptedRequestMessageId,
                ProtocolInstanceId = accepted.ProtocolInstanceId,
                EventId = accepted.AcceptedRequestSequencingEventId,
                Body = Any.Pack(accepted.AcceptedRequest ?? new()),
            };

    private static DateTime TimeOf(HistoryEvent e) =>
        e.EventTime?.ToDateTime() ??
        throw new InvalidWorkflowOperationException($"{e.Describe()} has no time");
}
