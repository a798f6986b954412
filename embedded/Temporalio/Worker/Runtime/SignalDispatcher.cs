using Microsoft.Extensions.Logging;
using Temporalio.Api.History.V1;
using Temporalio.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>Brings signals to their handlers; those without one wait until there is one.</summary>
internal sealed class SignalDispatcher
{
    private readonly WorkflowInstance workflow;
    private readonly List<WorkflowExecutionSignaledEventAttributes> buffered = [];
    private HandlerTable<WorkflowSignalDefinition>? handlers;
    private WorkflowSignalDefinition? dynamic;

    internal SignalDispatcher(WorkflowInstance workflow)
    {
        this.workflow = workflow;
        dynamic = workflow.Definition.DynamicSignal;
    }

    internal HandlerTable<WorkflowSignalDefinition> Handlers => handlers ??= new(
        workflow.Definition.Signals, () => workflow.AssertNotReadOnly("modify workflow handlers"), OnSet);

    internal WorkflowSignalDefinition? Dynamic
    {
        get => dynamic;
        set
        {
            workflow.AssertNotReadOnly("modify workflow handlers");
            if (value is { Dynamic: false })
            {
                throw new ArgumentException("Signal is not dynamic", nameof(value));
            }
            dynamic = value;
            if (value != null)
            {
                DeliverBuffered(_ => true);
            }
        }
    }

    internal void Deliver(WorkflowExecutionSignaledEventAttributes signal)
    {
        if (Find(signal.SignalName) is { } definition)
        {
            _ = workflow.Queue(() => workflow.RunTopLevelAsync(() => HandleAsync(signal, definition)));
        }
        else
        {
            buffered.Add(signal);
        }
    }

    private WorkflowSignalDefinition? Find(string name)
    {
        var found = handlers?.TryGetValue(name, out var own) ?? workflow.Definition.Signals.TryGetValue(name, out own);
        if (found)
        {
            return own;
        }
        return name.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal) ? null : dynamic;
    }

    private async Task HandleAsync(
        WorkflowExecutionSignaledEventAttributes signal, WorkflowSignalDefinition definition)
    {
        object?[] args;
        try
        {
            args = HandlerArguments.Decode(
                workflow.PayloadConverter,
                definition.Method ?? definition.Delegate!.Method,
                signal.Input?.Payloads_ ?? [],
                $"Signal {signal.SignalName}",
                definition.Dynamic,
                signal.SignalName);
        }
        catch (InvalidOperationException e)
        {
            // A sender must not be able to break the workflow.
            workflow.LiveLogger.LogError(
                e, "Failed decoding signal args for {SignalName}, dropping the signal", signal.SignalName);
            return;
        }
        var running = workflow.RunningHandlers.Add(signal.SignalName, null, definition.UnfinishedPolicy);
        try
        {
            await workflow.Inbound.HandleSignalAsync(new(
                signal.SignalName, definition, args, signal.Header?.Fields ?? [])).ConfigureAwait(true);
        }
        finally
        {
            workflow.RunningHandlers.Remove(running);
        }
    }

    private void OnSet(string name, WorkflowSignalDefinition definition)
    {
        if (definition.Dynamic)
        {
            throw new ArgumentException("Cannot set dynamic signal with other signals");
        }
        if (name != definition.Name)
        {
            throw new ArgumentException($"Signal name {name} doesn't match definition name {definition.Name}");
        }
        DeliverBuffered(signal => signal.SignalName == name);
    }

    private void DeliverBuffered(Predicate<WorkflowExecutionSignaledEventAttributes> which)
    {
        var due = buffered.FindAll(which);
        buffered.RemoveAll(which);
        due.ForEach(Deliver);
    }
}
