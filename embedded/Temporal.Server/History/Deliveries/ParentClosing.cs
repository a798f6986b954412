using Temporal.Server.History.Chains;
using Temporal.Server.History.Records;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Deliveries;

/// <summary>What a closed parent does to its children.</summary>
internal sealed class ParentClosing(HistoryEngine engine)
{
    /// <summary>Ends the children of a closed parent as their policies say.</summary>
    public async Task CloseAllAsync(RunKey parent, CancellationToken cancellationToken)
    {
        var children = await engine.TransactAsync(parent, t => t.State.ChildrenToClose.ToList(), cancellationToken).ConfigureAwait(false);
        foreach (var child in children)
        {
            try
            {
                await CloseAsync(parent, child, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                // Deleted meanwhile; the others must end all the same.
            }
        }

        var more = await engine
            .TransactAsync(
                parent,
                t =>
                {
                    // A child whose start was still on its way may have come to the list.
                    children.ForEach(child => t.State.ChildrenToClose.Remove(child));
                    t.Touch();
                    return t.State.ChildrenToClose.Count > 0;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (more)
        {
            await CloseAllAsync(parent, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(RunKey parent, ChildToClose child, CancellationToken cancellationToken)
    {
        var current = await engine.FindCurrentRunAsync(child.NamespaceId, child.WorkflowId, cancellationToken).ConfigureAwait(false);
        while (current is not null && current.FirstRunId == child.FirstRunId)
        {
            var successor = await engine
                .TransactAsync(
                    new RunKey(child.NamespaceId, child.WorkflowId, current.RunId),
                    t => End(t, parent, child),
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (successor.Length == 0)
            {
                return;
            }

            current = current with { RunId = successor };
        }
    }

    // The run to end instead, when this one has been continued; else empty.
    private static string End(Transition t, RunKey parent, ChildToClose child)
    {
        if (!t.State.IsOpen)
        {
            return t.State.Close!.SuccessorRunId;
        }

        if (child.Cancel)
        {
            t.RequestCancel(
                new WorkflowExecutionCancelRequestedEventAttributes
                {
                    Cause = "by parent close policy",
                    ExternalWorkflowExecution = new WorkflowExecution { WorkflowId = parent.WorkflowId, RunId = parent.RunId },
                    Identity = "history-service",
                }
            );
        }
        else
        {
            t.Terminate("by parent close policy", details: null, identity: "history-service");
        }

        return "";
    }
}
