using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;

namespace Temporal.Server.History.Queries;

/// <summary>A query on its way to a worker and back. Memory only: a lost one is asked again by its caller.</summary>
internal sealed class PendingQuery(string id, WorkflowQuery query)
{
    private readonly TaskCompletionSource<WorkflowQueryResult?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Unique among the server's queries.</summary>
    public string Id { get; } = id;

    /// <summary>What is asked.</summary>
    public WorkflowQuery Query { get; } = query;

    /// <summary>The worker's answer; null when no workflow task carries the query and it must be dispatched by itself.</summary>
    public Task<WorkflowQueryResult?> Answer => answer.Task;

    /// <summary>Gives the answer.</summary>
    public void Complete(WorkflowQueryResult result) => answer.TrySetResult(result);

    /// <summary>Sends the query on to direct dispatch.</summary>
    public void Unblock() => answer.TrySetResult(null);

    /// <summary>Ends the query with an error.</summary>
    public void Fail(RpcException error) => answer.TrySetException(error);
}

/// <summary>A run's queries that travel with workflow tasks. Guarded by the run's gate.</summary>
internal sealed class QueryRegistry
{
    /// <summary>How many queries of one run may wait.</summary>
    public const int Limit = 100;

    private readonly Dictionary<string, PendingQuery> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PendingQuery> attached = new(StringComparer.Ordinal);

    /// <summary>Whether any query waits or travels.</summary>
    public bool Any => waiting.Count + attached.Count > 0;

    /// <summary>Queries that wait for the next workflow task to start.</summary>
    public IReadOnlyCollection<PendingQuery> Waiting => waiting.Values;

    /// <summary>Adds a query that waits for a workflow task.</summary>
    /// <exception cref="RpcException">ResourceExhausted: too many wait already.</exception>
    public void Add(PendingQuery query)
    {
        if (waiting.Count + attached.Count >= Limit)
        {
            throw RpcException.ResourceExhausted(
                ResourceExhaustedCause.BusyWorkflow,
                ResourceExhaustedScope.Namespace,
                "consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough"
            );
        }

        waiting.Add(query.Id, query);
    }

    /// <summary>Its caller has gone.</summary>
    public void Remove(PendingQuery query)
    {
        waiting.Remove(query.Id);
        attached.Remove(query.Id);
    }

    /// <summary>The started workflow task takes all waiting queries along.</summary>
    public void Attach()
    {
        foreach (var query in waiting.Values)
        {
            attached.Add(query.Id, query);
        }

        waiting.Clear();
    }

    /// <summary>The workflow task completed with these answers; what it did not answer fails.</summary>
    public void Answer(IEnumerable<KeyValuePair<string, WorkflowQueryResult>> results, WorkflowLimits limits)
    {
        foreach (var (id, result) in results)
        {
            if (attached.Remove(id, out var query))
            {
                query.Complete(QueryAnswers.WithinLimit(result, limits));
            }
        }

        FailAttached("query was not answered by the workflow task that carried it");
    }

    /// <summary>The workflow task failed: the queries that it carried fail.</summary>
    public void FailAttached(string message)
    {
        foreach (var query in attached.Values)
        {
            query.Fail(RpcException.InvalidArgument(message));
        }

        attached.Clear();
    }

    /// <summary>No workflow task will come: waiting queries go on to direct dispatch.</summary>
    public void UnblockWaiting()
    {
        foreach (var query in waiting.Values)
        {
            query.Unblock();
        }

        waiting.Clear();
    }
}
