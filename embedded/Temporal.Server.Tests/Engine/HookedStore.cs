using Temporal.Server.Store;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// A store in which a test does something at a chosen moment: before a commit, after it has landed, or after a workflow id was looked up,
/// and before the engine hears of it.
/// </summary>
internal sealed class HookedStore(IExecutionStore inner) : ForwardingStore(inner)
{
    private Action<StoreCommit>? beforeCommit;
    private Func<StoreCommit, Task>? afterCommit;
    private (string WorkflowId, Func<Task> Hook)? afterFind;

    /// <summary>What happens before each commit; may throw in its place.</summary>
    public Action<StoreCommit> BeforeCommit
    {
        set => beforeCommit = value;
    }

    /// <summary>What happens after each commit.</summary>
    public Func<StoreCommit, Task> AfterCommit
    {
        set => afterCommit = value;
    }

    /// <summary>Does something once, after the next look-up of a workflow id.</summary>
    public void AfterNextFind(string workflowId, Func<Task> hook) => afterFind = (workflowId, hook);

    public override async Task CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        beforeCommit?.Invoke(commit);
        await base.CommitAsync(commit, cancellationToken);
        await (afterCommit?.Invoke(commit) ?? Task.CompletedTask);
    }

    public override async Task<CurrentRun?> FindCurrentRunAsync(string namespaceId, string workflowId, CancellationToken cancellationToken)
    {
        var found = await base.FindCurrentRunAsync(namespaceId, workflowId, cancellationToken);
        if (afterFind is { } wanted && wanted.WorkflowId == workflowId)
        {
            afterFind = null;
            await wanted.Hook();
        }

        return found;
    }
}
