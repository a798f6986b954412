using System.Text.Json;
using Microsoft.Extensions.Logging;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>The signal and update handlers that have started and not ended.</summary>
internal sealed class RunningHandlers
{
    private readonly LinkedList<Handler> handlers = new();

    internal int Count => handlers.Count;

    internal LinkedListNode<Handler> Add(string name, string? updateId, HandlerUnfinishedPolicy policy) =>
        handlers.AddLast(new Handler(name, updateId, policy));

    internal void Remove(LinkedListNode<Handler> handler) => handlers.Remove(handler);

    /// <summary>Warns of handlers that the workflow's end cuts off, unless their policy is to be abandoned silently.</summary>
    internal void WarnOfUnfinished(string workflowId, ILogger logger)
    {
        var unfinished = handlers.Where(h => h.Policy == HandlerUnfinishedPolicy.WarnAndAbandon).ToList();
        var signals = unfinished.Where(h => h.UpdateId == null)
            .GroupBy(h => h.Name)
            .Select(group => new { name = group.Key, count = group.Count() })
            .ToArray();
        if (signals.Length > 0)
        {
            logger.LogWarning(
                "[TMPRL1102] Workflow {Id} finished while signal handlers are still running, which may have interrupted " +
                "their work. Wait for them with Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished), or set " +
                "UnfinishedPolicy to Abandon in the handler's attribute. Unfinished: {Handlers}",
                workflowId,
                JsonSerializer.Serialize(signals));
        }
        var updates = unfinished.Where(h => h.UpdateId != null)
            .Select(h => new { name = h.Name, id = h.UpdateId })
            .ToArray();
        if (updates.Length > 0)
        {
            logger.LogWarning(
                "[TMPRL1102] Workflow {Id} finished while update handlers are still running, which may have interrupted " +
                "their work; their callers get an error. Wait for them with Workflow.WaitConditionAsync(() => " +
                "Workflow.AllHandlersFinished), or set UnfinishedPolicy to Abandon in the handler's attribute. " +
                "Unfinished: {Handlers}",
                workflowId,
                JsonSerializer.Serialize(updates));
        }
    }

    internal sealed record Handler(string Name, string? UpdateId, HandlerUnfinishedPolicy Policy);
}
