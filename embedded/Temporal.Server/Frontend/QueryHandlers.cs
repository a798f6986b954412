using Temporal.Server.History;
using Temporal.Server.History.Queries;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>QueryWorkflow.</summary>
internal sealed class QueryHandlers(HistoryEngine engine, DirectQueries direct)
{
    private const int FailedAttempts = 3;

    /// <summary>Asks a run; the answer reflects all that happened before the call.</summary>
    public async Task<QueryWorkflowResponse> QueryAsync(QueryWorkflowRequest request, RpcContext context)
    {
        Requests.RequireName(engine.Limits, request.Query?.QueryType, "QueryType");
        Requests.LimitBlob(engine.Limits, request.Query!.QueryArgs);
        var key = await engine
            .ResolveAsync(
                engine.Namespaces.Require(request.Namespace),
                request.Execution?.WorkflowId,
                request.Execution?.RunId,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        patience.CancelAfter(engine.Limits.QueryWait);
        try
        {
            return await AskAsync(key, request, Patience(context), patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, "context deadline exceeded");
        }
    }

    // Callers may wait for ever; the server does not.
    private TimeSpan Patience(RpcContext context) =>
        context.Deadline != Timeout.InfiniteTimeSpan && context.Deadline < engine.Limits.QueryWait
            ? context.Deadline
            : engine.Limits.QueryWait;

    private async Task<QueryWorkflowResponse> AskAsync(
        RunKey key,
        QueryWorkflowRequest request,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var query = new PendingQuery(RunIds.New(), request.Query);
        var route = await engine
            .TransactAsync(key, t => RouteOf(t, query, request.QueryRejectCondition, patience), cancellationToken)
            .ConfigureAwait(false);
        if (route.Rejected is { } status)
        {
            return new QueryWorkflowResponse { QueryRejected = new QueryRejected { Status = status } };
        }

        var answer = route.Direct ? null : await WaitAsync(key, query, cancellationToken).ConfigureAwait(false);
        answer ??= await direct.AskAsync(key, request.Query, cancellationToken).ConfigureAwait(false);
        return answer.ResultType == QueryResultType.Answered
            ? new QueryWorkflowResponse { QueryResult = answer.Answer }
            : throw new RpcException(StatusCode.InvalidArgument, answer.ErrorMessage, new QueryFailedFailure { Failure = answer.Failure });
    }

    private static (WorkflowExecutionStatus? Rejected, bool Direct) RouteOf(
        Transition t,
        PendingQuery query,
        QueryRejectCondition condition,
        TimeSpan patience
    )
    {
        var state = t.State;
        var rejected = condition switch
        {
            QueryRejectCondition.NotOpen => !state.IsOpen,
            QueryRejectCondition.NotCompletedCleanly => !state.IsOpen && state.Status != WorkflowExecutionStatus.Completed,
            _ => false,
        };
        if (rejected)
        {
            return (state.Status, false);
        }

        var everCompleted = state.PreviousStartedEventId > 0;
        if (!state.IsOpen && !everCompleted)
        {
            throw new RpcException(
                StatusCode.FailedPrecondition,
                "cannot handle a query before first workflow task completes: the workflow closed without one",
                new WorkflowNotReadyFailure()
            );
        }

        if (state.InFirstBackoff && t.Now.SaturatingAdd(patience) < state.ExecutionTime)
        {
            // It would only be given up before a worker hears of it.
            throw new RpcException(StatusCode.FailedPrecondition, "Workflow task is not scheduled yet.", new WorkflowNotReadyFailure());
        }

        if (state.WorkflowTask is { Attempt: >= FailedAttempts })
        {
            throw new RpcException(
                StatusCode.FailedPrecondition,
                "Unable to query workflow due to Workflow Task in failed state.",
                new WorkflowNotReadyFailure()
            );
        }

        if (everCompleted && (!state.IsOpen || state.WorkflowTask is null))
        {
            return (null, true);
        }

        t.Run.Queries.Add(query);
        return (null, false);
    }

    private async Task<WorkflowQueryResult?> WaitAsync(RunKey key, PendingQuery query, CancellationToken cancellationToken)
    {
        using var counted = engine.Work.Begin();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, engine.Stopping);
        try
        {
            return await query.Answer.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await engine.TransactAsync(key, t => t.Run.Queries.Remove(query), CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(StatusCode.Unavailable, "The server is stopping.");
        }
    }
}
