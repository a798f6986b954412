using System.Collections.Concurrent;
using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.History.Queries;
using Temporal.Server.History.Records;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Queries that go to a worker by themselves, as the run has no workflow task that could carry them.</summary>
internal sealed class DirectQueries(HistoryEngine engine)
{
    private static readonly TimeSpan StickyWait = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, PendingQuery> pending = new(StringComparer.Ordinal);

    /// <summary>Asks a worker: the one that has the run in its cache if it answers soon, else any.</summary>
    public async Task<WorkflowQueryResult> AskAsync(RunKey run, WorkflowQuery query, CancellationToken cancellationToken)
    {
        var (sticky, normal) = await engine
            .TransactAsync(run, t => (t.State.StickyQueue, t.State.TaskQueue), cancellationToken)
            .ConfigureAwait(false);
        using var counted = engine.Work.Begin();
        var normalKey = new TaskQueueKey(run.NamespaceId, TaskQueueKeyKind.Workflow, normal);
        if (sticky.Length > 0)
        {
            var stickyKey = new TaskQueueKey(run.NamespaceId, TaskQueueKeyKind.StickyWorkflow, sticky);
            if (
                engine.Queues.Route(stickyKey, normal) == stickyKey
                && await AskOnAsync(stickyKey, run, query, StickyWait, cancellationToken).ConfigureAwait(false) is { } answer
            )
            {
                return answer;
            }

            await ForgetAsync(run, sticky, cancellationToken).ConfigureAwait(false);
        }

        return await AskOnAsync(normalKey, run, query, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(StatusCode.Unavailable, "The server is stopping.");
    }

    /// <summary>The task that carries a query to the worker that took it.</summary>
    public async Task<PollWorkflowTaskQueueResponse?> StartAsync(QueryDispatch task, bool sticky, CancellationToken cancellationToken)
    {
        if (!pending.ContainsKey(task.Query.Id))
        {
            return null;
        }

        return await engine
            .TransactAsync(
                task.Run,
                t =>
                {
                    var reply = new PollWorkflowTaskQueueResponse
                    {
                        TaskToken = new TaskToken
                        {
                            NamespaceId = task.Run.NamespaceId,
                            WorkflowId = task.Run.WorkflowId,
                            RunId = task.Run.RunId,
                            QueryId = task.Query.Id,
                        }.ToByteString(),
                        WorkflowExecution = new WorkflowExecution { WorkflowId = task.Run.WorkflowId, RunId = task.Run.RunId },
                        WorkflowType = t.State.Started.WorkflowType,
                        PreviousStartedEventId = t.State.PreviousStartedEventId,
                        Attempt = 1,
                        Query = task.Query.Query,
                        WorkflowExecutionTaskQueue = new Temporalio.Api.TaskQueue.V1.TaskQueue
                        {
                            Name = t.State.TaskQueue,
                            Kind = TaskQueueKind.Normal,
                        },
                        History = new Temporalio.Api.History.V1.History(),
                    };
                    if (!sticky)
                    {
                        HistoryPages.Fill(reply, task.Run.RunId, t.State, from: 1, t.State.Events.Count, transient: []);
                    }

                    return reply;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>A worker's answer.</summary>
    /// <exception cref="RpcException">NotFound: nobody waits for it any more.</exception>
    public void Answer(string queryId, WorkflowQueryResult result)
    {
        if (!pending.TryRemove(queryId, out var query))
        {
            throw RpcException.NotFound("query task not found, or already expired");
        }

        query.Complete(result);
    }

    // Its next workflow task would only wait for that worker again. As in Temporal, a closed run is left as it is.
    private Task ForgetAsync(RunKey run, string sticky, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            run,
            t =>
            {
                if (t.State.IsOpen && t.State.StickyQueue == sticky)
                {
                    t.ForgetStickyWorker();
                }
            },
            cancellationToken
        );

    // Null when the time was up.
    private async Task<WorkflowQueryResult?> AskOnAsync(
        TaskQueueKey key,
        RunKey run,
        WorkflowQuery query,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        var asked = new PendingQuery(RunIds.New(), query);
        var task = new QueryDispatch(run, asked);
        pending[asked.Id] = asked;
        var queue = engine.Queues.Get(key);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, engine.Stopping);
        timer.CancelAfter(wait);
        try
        {
            if (!queue.Offer(task))
            {
                // A sticky queue whose worker has just gone.
                return null;
            }

            return await asked.Answer.WaitAsync(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            queue.Withdraw(task);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            pending.TryRemove(asked.Id, out _);
        }
    }
}
