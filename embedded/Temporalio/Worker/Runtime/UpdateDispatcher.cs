using Microsoft.Extensions.Logging;
using Temporalio.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>Validates updates and brings them to their handlers.</summary>
internal sealed class UpdateDispatcher
{
    private static readonly AsyncLocal<WorkflowUpdateInfo?> CurrentUpdate = new();

    private readonly WorkflowInstance workflow;
    private HandlerTable<WorkflowUpdateDefinition>? handlers;
    private WorkflowUpdateDefinition? dynamic;

    internal UpdateDispatcher(WorkflowInstance workflow)
    {
        this.workflow = workflow;
        dynamic = workflow.Definition.DynamicUpdate;
    }

    internal static WorkflowUpdateInfo? Current => CurrentUpdate.Value;

    internal HandlerTable<WorkflowUpdateDefinition> Handlers => handlers ??= new(
        workflow.Definition.Updates, () => workflow.AssertNotReadOnly("modify workflow handlers"), OnSet);

    internal WorkflowUpdateDefinition? Dynamic
    {
        get => dynamic;
        set
        {
            workflow.AssertNotReadOnly("modify workflow handlers");
            dynamic = value is { Dynamic: false }
                ? throw new ArgumentException("Update is not dynamic", nameof(value))
                : value;
        }
    }

    internal void Deliver(ActivationJob.Update update) => _ = workflow.Queue(() =>
    {
        // The constructor may register handlers.
        _ = workflow.Instance;
        CurrentUpdate.Value = new(update.Id, update.Name);
        using var scope = workflow.LiveLogger.BeginScope(CurrentUpdate.Value.CreateLoggerScope());
        return RunAsync(update);
    });

    private Task RunAsync(ActivationJob.Update update)
    {
        var id = update.ProtocolInstanceId;
        if (Find(update.Name) is not { } definition)
        {
            var known = string.Join(' ', KnownNames().Order(StringComparer.OrdinalIgnoreCase));
            Reject(id, new InvalidOperationException(
                $"Update handler for {update.Name} expected but not found, known updates: [{known}]"));
            return Task.CompletedTask;
        }

        object?[] args;
        try
        {
            if (update.RunValidator && !Validate(update, definition))
            {
                return Task.CompletedTask;
            }
            args = update.RunValidator ? Decode(update, definition) : [];
        }
        catch (Exception e)
        {
            Reject(id, e);
            return Task.CompletedTask;
        }
        workflow.Add(new WorkflowIntent.AcceptUpdate(id));

        Task<object?> handling;
        try
        {
            handling = workflow.Inbound.HandleUpdateAsync(new(
                update.Id,
                update.Name,
                definition,
                update.RunValidator ? args : Decode(update, definition),
                update.Headers));
        }
        catch (Exception e) when (workflow.FailsWorkflow(e))
        {
            Reject(id, e);
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            workflow.Scheduler.Fail(e);
            return Task.CompletedTask;
        }
        var running = workflow.RunningHandlers.Add(update.Name, update.Id, definition.UnfinishedPolicy);
        return handling.ContinueWith(
            ended =>
            {
                workflow.RunningHandlers.Remove(running);
                Finish(id, ended);
            },
            workflow.Scheduler);
    }

    private WorkflowUpdateDefinition? Find(string name)
    {
        var found = handlers?.TryGetValue(name, out var own) ?? workflow.Definition.Updates.TryGetValue(name, out own);
        if (found)
        {
            return own;
        }
        return name.StartsWith(TemporalRuntime.ReservedNamePrefix, StringComparison.Ordinal) ? null : dynamic;
    }

    private IEnumerable<string> KnownNames() => handlers?.Keys ?? workflow.Definition.Updates.Keys;

    /// <summary>Runs the validator with arguments of its own, which it cannot spoil for the handler.</summary>
    /// <returns>False if it did what a validator must not, which fails the task.</returns>
    private bool Validate(ActivationJob.Update update, WorkflowUpdateDefinition definition)
    {
        if (definition.ValidatorMethod == null && definition.ValidatorDelegate == null)
        {
            return true;
        }
        var before = workflow.IntentCount;
        workflow.ReadOnly<ValueTuple>(() =>
        {
            workflow.Inbound.ValidateUpdate(new(
                update.Id, update.Name, definition, Decode(update, definition), update.Headers));
            return default;
        });
        if (workflow.IntentCount == before)
        {
            return true;
        }
        workflow.Scheduler.Fail(new InvalidOperationException(
            $"Update validator for {update.Name} created workflow commands"));
        return false;
    }

    private object?[] Decode(ActivationJob.Update update, WorkflowUpdateDefinition definition) => HandlerArguments.Decode(
        workflow.PayloadConverter,
        definition.Method ?? definition.Delegate!.Method,
        update.Input,
        $"Update {update.Name}",
        definition.Dynamic,
        update.Name);

    private void Finish(string id, Task<object?> ended)
    {
        try
        {
            Exception? failure = ended switch
            {
                { IsFaulted: true } => ended.Exception!.InnerExceptions.Count == 1
                    ? ended.Exception.InnerExceptions[0]
                    : ended.Exception,
                { IsCanceled: true } => new TaskCanceledException(ended),
                _ => null,
            };
            if (failure == null)
            {
                Complete(id, ended.Result);
            }
            else if (workflow.FailsWorkflow(failure))
            {
                Reject(id, failure);
            }
            else
            {
                workflow.Scheduler.Fail(failure);
            }
        }
        catch (Exception e)
        {
            workflow.Scheduler.Fail(e);
        }
    }

    private void Complete(string id, object? result)
    {
        try
        {
            workflow.Add(new WorkflowIntent.CompleteUpdate(id, workflow.PayloadConverter.ToPayload(result)));
        }
        catch (Exception e) when (workflow.FailsWorkflow(e))
        {
            Reject(id, e);
        }
    }

    private void Reject(string id, Exception e) =>
        workflow.Add(new WorkflowIntent.RejectUpdate(id, workflow.ToFailure(e)));

    private static void OnSet(string name, WorkflowUpdateDefinition definition)
    {
        if (definition.Dynamic)
        {
            throw new ArgumentException("Cannot set dynamic update with other updates");
        }
        if (name != definition.Name)
        {
            throw new ArgumentException($"Update name {name} doesn't match definition name {definition.Name}");
        }
    }
}
