using Google.Protobuf;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Machines;

/// <summary>
/// Turns the intents of workflow code into machines and commands. The other half, in which events reach the machines, is
/// <see cref="HistoryDriver" />.
/// </summary>
internal sealed class WorkflowMachines(IMachineHost host, LocalActivityMachine.ILocalActivities localActivities)
{
    private readonly Dictionary<uint, TimerMachine> timers = [];
    private readonly Dictionary<uint, ActivityMachine> activities = [];
    private readonly Dictionary<uint, LocalActivityMachine> locals = [];
    private readonly Dictionary<uint, ChildWorkflowMachine> children = [];
    private readonly Dictionary<uint, ExternalSignalMachine> signals = [];
    private readonly Dictionary<string, UpdateMachine> updates = [];
    private readonly Dictionary<uint, Events.LocalActivityMarker> markersAhead = [];
    private readonly Dictionary<string, Payload> searchAttributes = [];

    internal Patches Patches { get; } = new(host);

    /// <summary>Gets a value indicating whether the workflow has closed itself.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Gets or sets what the run inherits to its continuation unless that says otherwise.</summary>
    internal Api.History.V1.WorkflowExecutionStartedEventAttributes? Started { get; set; }

    internal void AddUpdate(Message message, Api.Update.V1.Request request) =>
        updates[message.ProtocolInstanceId] = new(host, message, request);

    internal LocalActivityMachine? LocalActivity(uint seq) => locals.GetValueOrDefault(seq);

    /// <summary>Takes a local activity's marker that lies ahead in history.</summary>
    internal void OnLocalActivityMarkerAhead(Events.LocalActivityMarker marker)
    {
        if (locals.TryGetValue(marker.Seq, out var machine) && machine.AwaitsMarker)
        {
            machine.OnMarkerAhead(marker);
        }
        else
        {
            markersAhead[marker.Seq] = marker;
        }
    }

    internal void OnReplayOver()
    {
        foreach (var machine in locals.Values)
        {
            machine.OnReplayOver();
        }
    }

    /// <summary>Takes what workflow code wants, in order.</summary>
    internal void Apply(IReadOnlyList<WorkflowIntent> intents, DateTime workflowTime, string taskQueue)
    {
        foreach (var intent in Arrange(intents))
        {
            Apply(intent, workflowTime, taskQueue);
        }
    }

    private IEnumerable<WorkflowIntent> Arrange(IReadOnlyList<WorkflowIntent> intents)
    {
        var firstClosing = intents.FirstOrDefault(intent => intent.ClosesWorkflow);
        if (firstClosing == null)
        {
            return intents;
        }
        return host.Flags.Applies(SdkFlags.MoveTerminalCommands, host.IsReplaying)
            ? intents.Where(intent => !intent.ClosesWorkflow).Append(firstClosing)
            : intents.TakeWhile(intent => !ReferenceEquals(intent, firstClosing)).Append(firstClosing);
    }

    private void Apply(WorkflowIntent intent, DateTime workflowTime, string taskQueue)
    {
        switch (intent)
        {
            case WorkflowIntent.StartTimer i:
                timers[i.Seq] = new(host, i);
                break;
            case WorkflowIntent.CancelTimer i:
                timers[i.Seq].Cancel();
                break;
            case WorkflowIntent.ScheduleActivity i:
                activities[i.Seq] = new(host, i);
                break;
            case WorkflowIntent.CancelActivity i:
                activities[i.Seq].Cancel();
                break;
            case WorkflowIntent.ScheduleLocalActivity i:
                markersAhead.Remove(i.Seq, out var recorded);
                locals[i.Seq] = new(host, localActivities, i, recorded, workflowTime);
                break;
            case WorkflowIntent.CancelLocalActivity i:
                locals[i.Seq].Cancel();
                break;
            case WorkflowIntent.StartChild i:
                children[i.Seq] = new(host, i);
                break;
            case WorkflowIntent.CancelChild i:
                children[i.Seq].Cancel();
                break;
            case WorkflowIntent.SignalExternal i:
                signals[i.Seq] = new(host, i);
                break;
            case WorkflowIntent.CancelSignal i:
                signals[i.Seq].Cancel();
                break;
            case WorkflowIntent.CancelExternal i:
                i.Attributes.Reason = $"Cancel requested by workflow with run id {host.RunId} with reason: ";
                _ = new ExternalCancelMachine(
                    host,
                    i.Attributes,
                    failure => host.Resolve(new ActivationJob.ResolveExternalCancel(i.Seq, failure)));
                break;
            case WorkflowIntent.SetPatch i:
                Patches.Set(i.PatchId, i.Deprecated);
                break;
            case WorkflowIntent.UpsertSearchAttributes i:
                Upsert(i.Attributes);
                break;
            case WorkflowIntent.UpsertMemo i:
                IssueOne(
                    new()
                    {
                        CommandType = CommandType.ModifyWorkflowProperties,
                        ModifyWorkflowPropertiesCommandAttributes = new() { UpsertedMemo = i.Memo },
                    },
                    EventType.WorkflowPropertiesModified);
                break;
            case WorkflowIntent.AcceptUpdate i:
                updates[i.ProtocolInstanceId].Accept();
                break;
            case WorkflowIntent.RejectUpdate i:
                updates[i.ProtocolInstanceId].Reject(i.Failure);
                break;
            case WorkflowIntent.CompleteUpdate i:
                updates[i.ProtocolInstanceId].Complete(i.Result);
                break;
            case WorkflowIntent.ContinueAsNew i:
                Close(ContinueAsNew(i.Attributes, taskQueue), EventType.WorkflowExecutionContinuedAsNew);
                break;
            default:
                Close(intent);
                break;
        }
    }

    private void Close(WorkflowIntent intent)
    {
        switch (intent)
        {
            case WorkflowIntent.Complete i:
                Close(
                    new()
                    {
                        CommandType = CommandType.CompleteWorkflowExecution,
                        CompleteWorkflowExecutionCommandAttributes = new()
                        {
                            Result = new() { Payloads_ = { i.Result } },
                        },
                    },
                    EventType.WorkflowExecutionCompleted);
                break;
            case WorkflowIntent.Fail i:
                Close(
                    new()
                    {
                        CommandType = CommandType.FailWorkflowExecution,
                        FailWorkflowExecutionCommandAttributes = new() { Failure = i.Failure },
                    },
                    EventType.WorkflowExecutionFailed);
                break;
            case WorkflowIntent.Cancel:
                Close(
                    new()
                    {
                        CommandType = CommandType.CancelWorkflowExecution,
                        CancelWorkflowExecutionCommandAttributes = new(),
                    },
                    EventType.WorkflowExecutionCanceled);
                break;
            default:
                throw new InvalidOperationException($"No command for {intent.GetType().Name}");
        }
    }

    private void Close(Command command, EventType expected)
    {
        IsClosed = true;
        IssueOne(command, expected);
    }

    private void IssueOne(Command command, EventType expected) => _ = new OneEventMachine(host, command, expected);

    private void Upsert(SearchAttributes attributes)
    {
        // The list of patches is the runtime's own: workflow code must not overwrite it.
        if (attributes.IndexedFields.ContainsKey(Events.PatchMarker.SearchAttribute) &&
            host.Flags.Applies(SdkFlags.UpsertSearchAttributeOnPatch, host.IsReplaying))
        {
            attributes = new();
        }
        foreach (var (name, value) in attributes.IndexedFields)
        {
            searchAttributes[name] = value;
        }
        IssueOne(
            new()
            {
                CommandType = CommandType.UpsertWorkflowSearchAttributes,
                UpsertWorkflowSearchAttributesCommandAttributes = new() { SearchAttributes = attributes },
            },
            EventType.UpsertWorkflowSearchAttributes);
    }

    /// <summary>Completes a continuation with what this run has: memo, retry policy and current search attributes.</summary>
    private Command ContinueAsNew(ContinueAsNewWorkflowExecutionCommandAttributes attributes, string taskQueue)
    {
        attributes.Memo ??= Started?.Memo?.Clone();
        attributes.RetryPolicy ??= Started?.RetryPolicy?.Clone();
        if (attributes.SearchAttributes == null)
        {
            var current = new SearchAttributes(Started?.SearchAttributes ?? new());
            foreach (var (name, value) in searchAttributes)
            {
                current.IndexedFields[name] = value;
            }
            attributes.SearchAttributes = current.IndexedFields.Count > 0 ? current : null;
        }
        attributes.InheritBuildId = attributes.TaskQueue.Name is var target && (target.Length == 0 || target == taskQueue);
        return new()
        {
            CommandType = CommandType.ContinueAsNewWorkflowExecution,
            ContinueAsNewWorkflowExecutionCommandAttributes = attributes,
        };
    }
}
