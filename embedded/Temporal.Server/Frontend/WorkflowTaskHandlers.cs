using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Commands;
using Temporal.Server.History.Queries;
using Temporal.Server.History.Records;
using Temporal.Server.History.WorkflowTasks;
using Temporal.Server.Matching;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>The workflow worker's calls.</summary>
internal sealed class WorkflowTaskHandlers(HistoryEngine engine, DirectQueries queries)
{
    /// <summary>Waits for a workflow task or query.</summary>
    public async Task<PollWorkflowTaskQueueResponse> PollAsync(PollWorkflowTaskQueueRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        Requests.LimitName(engine.Limits, request.Identity, "Identity");
        var sticky = request.TaskQueue?.Kind == TaskQueueKind.Sticky;
        var key = new TaskQueueKey(
            space.Id,
            sticky ? TaskQueueKeyKind.StickyWorkflow : TaskQueueKeyKind.Workflow,
            Requests.RequireTaskQueue(engine.Limits, request.TaskQueue)
        );
        var poller = new Poller(request.Identity, request.WorkerInstanceKey)
        {
            Version = request.WorkerVersionCapabilities,
            Deployment = request.DeploymentOptions,
        };
        var until = Environment.TickCount64 + (long)Requests.LongPoll(context, Limits.TaskPoll).TotalMilliseconds;
        while (true)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64));
            var taken = await engine
                .Queues.TakeAsync(key, request.TaskQueue?.NormalName ?? "", poller, wait, context.CancellationToken)
                .ConfigureAwait(false);
            if (taken is null)
            {
                return new PollWorkflowTaskQueueResponse();
            }

            if (await StartAsync(key, taken.Task, request, sticky, context.CancellationToken).ConfigureAwait(false) is { } reply)
            {
                reply.PollerScalingDecision = TaskQueueHandlers.DecisionOf(taken);
                reply.BacklogCountHint = engine.Queues.Get(key).BacklogCount;
                return reply;
            }
        }
    }

    /// <summary>Takes a worker's commands.</summary>
    public async Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(RespondWorkflowTaskCompletedRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        var run = RunOf(token);
        var space = engine.Namespaces.RequireId(token.NamespaceId);
        try
        {
            return await engine
                .TransactAsync(run, t => t.CompleteWorkflowTask(token, request, space, engine.Namespaces), context.CancellationToken)
                .ConfigureAwait(false)
                ?? throw RpcException.NotFound("workflow task heartbeat timeout");
        }
        catch (StoreConflictException conflict)
        {
            // A change that was given up for lost has landed after all, and this completion would have begun another run on what was before
            // it.
            throw new RpcException(StatusCode.Unavailable, $"The workflow has changed meanwhile, try again: {conflict.Message}");
        }
        catch (BadCommandException bad)
        {
            EngineLog.BadCommand(engine.Logger, run.WorkflowId, run.RunId, bad.Cause, bad.Message);
            await FailAsync(run, token, bad, request.Identity, context.CancellationToken).ConfigureAwait(false);
            throw RpcException.InvalidArgument(bad.Cause == WorkflowTaskFailedCause.UnhandledCommand ? "UnhandledCommand" : bad.Reason);
        }
    }

    /// <summary>A worker could not carry a workflow task out.</summary>
    public async Task<RespondWorkflowTaskFailedResponse> FailAsync(RespondWorkflowTaskFailedRequest request, RpcContext context)
    {
        var token = Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken);
        await engine
            .TransactAsync(
                RunOf(token),
                t =>
                {
                    WorkflowTaskCompletion.RequireStarted(t.State, token);
                    t.FailWorkflowTask(request.Cause, Failures.WithinLimit(request.Failure, engine.Limits), request.Identity);
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new RespondWorkflowTaskFailedResponse();
    }

    /// <summary>A worker answers a query that came by itself.</summary>
    public Task<RespondQueryTaskCompletedResponse> AnswerQueryAsync(RespondQueryTaskCompletedRequest request, RpcContext context)
    {
        queries.Answer(
            Requests.Token(engine.Namespaces, request.Namespace, request.TaskToken).QueryId,
            QueryAnswers.WithinLimit(
                new Temporalio.Api.Query.V1.WorkflowQueryResult
                {
                    ResultType = request.CompletedType,
                    Answer = request.QueryResult,
                    ErrorMessage = request.ErrorMessage,
                    Failure = request.Failure,
                },
                engine.Limits
            )
        );
        return Task.FromResult(new RespondQueryTaskCompletedResponse());
    }

    /// <summary>A worker has dropped a run from its cache.</summary>
    public async Task<ResetStickyTaskQueueResponse> ResetStickyAsync(ResetStickyTaskQueueRequest request, RpcContext context)
    {
        var key = await engine
            .ResolveAsync(
                engine.Namespaces.Require(request.Namespace),
                request.Execution?.WorkflowId,
                request.Execution?.RunId,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        await engine.TransactAsync(key, t => t.ForgetStickyWorker(), context.CancellationToken).ConfigureAwait(false);
        return new ResetStickyTaskQueueResponse();
    }

    private async Task<PollWorkflowTaskQueueResponse?> StartAsync(
        TaskQueueKey key,
        DispatchTask task,
        PollWorkflowTaskQueueRequest request,
        bool sticky,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return task switch
            {
                WorkflowDispatch workflow => await engine
                    .TransactAsync(
                        workflow.Run,
                        t =>
                        {
                            // The last moment at which a caller that has gone leaves the task to others.
                            cancellationToken.ThrowIfCancellationRequested();
                            return t.StartWorkflowTask(
                                workflow.ScheduledEventId,
                                workflow.Attempt,
                                RunIds.New(),
                                request.Identity,
                                incremental: sticky
                            );
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false),
                QueryDispatch query => await queries.StartAsync(query, sticky, cancellationToken).ConfigureAwait(false),
                _ => throw new InvalidOperationException($"{task} is not for a workflow worker."),
            };
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The run was deleted while its task waited.
            (task as QueryDispatch)?.Query.Fail(error);
            return null;
        }
        catch
        {
            engine.Queues.PutBack(key, request.TaskQueue.NormalName, task);
            throw;
        }
    }

    private Task FailAsync(RunKey run, TaskToken token, BadCommandException bad, string identity, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            run,
            t =>
            {
                var task = WorkflowTaskCompletion.RequireStarted(t.State, token);
                if (task.Attempt > 1 && bad.Cause != WorkflowTaskFailedCause.UnhandledCommand)
                {
                    // Left to time out, so that a worker which cannot do better does not spin.
                    return;
                }

                t.After(t.Run.Updates.AbortSent);
                if (bad.Cause == WorkflowTaskFailedCause.UnhandledCommand)
                {
                    t.After(() => t.Run.WantsToClose = true);
                }

                var failure = new Failure
                {
                    Message = bad.Message,
                    Source = "Server",
                    ServerFailureInfo = new ServerFailureInfo(),
                };
                if (bad.EndsRun)
                {
                    t.FailLastWorkflowTask(bad.Cause, failure, identity);
                    t.Terminate(bad.Reason, details: null, identity: "history-service");
                    return;
                }

                t.FailWorkflowTask(bad.Cause, failure, identity);
            },
            cancellationToken
        );

    private static RunKey RunOf(TaskToken token) => new(token.NamespaceId, token.WorkflowId, token.RunId);
}
