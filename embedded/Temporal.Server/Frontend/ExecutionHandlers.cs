using Temporal.Server.History;
using Temporal.Server.History.Chains;
using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>What clients do to a run: signal, cancel, terminate, describe, delete.</summary>
internal sealed class ExecutionHandlers(HistoryEngine engine)
{
    /// <summary>Signals a run.</summary>
    public async Task<SignalWorkflowExecutionResponse> SignalAsync(SignalWorkflowExecutionRequest request, RpcContext context)
    {
        Requests.RequireName(engine.Limits, request.SignalName, "SignalName");
        Requests.LimitName(engine.Limits, request.RequestId, "RequestId");
        Requests.LimitName(engine.Limits, request.Identity, "Identity");
        Requests.LimitBlob(engine.Limits, request.Input);
        await OnAsync(
                request.Namespace,
                request.WorkflowExecution,
                firstRunId: "",
                t =>
                    t.Signal(
                        new WorkflowExecutionSignaledEventAttributes
                        {
                            SignalName = request.SignalName,
                            Input = request.Input,
                            Identity = request.Identity,
                            Header = request.Header,
                            RequestId = request.RequestId,
                        },
                        request.Links
                    ),
                context,
                together: true
            )
            .ConfigureAwait(false);
        return new SignalWorkflowExecutionResponse();
    }

    /// <summary>Asks a run to cancel.</summary>
    public async Task<RequestCancelWorkflowExecutionResponse> RequestCancelAsync(
        RequestCancelWorkflowExecutionRequest request,
        RpcContext context
    )
    {
        Requests.LimitName(engine.Limits, request.RequestId, "RequestId");
        Requests.LimitName(engine.Limits, request.Identity, "Identity");
        Requests.LimitName(engine.Limits, request.Reason, "Reason");
        await OnAsync(
                request.Namespace,
                request.WorkflowExecution,
                request.FirstExecutionRunId,
                t =>
                    t.RequestCancel(
                        new WorkflowExecutionCancelRequestedEventAttributes { Cause = request.Reason, Identity = request.Identity },
                        request.Links
                    ),
                context
            )
            .ConfigureAwait(false);
        return new RequestCancelWorkflowExecutionResponse();
    }

    /// <summary>Ends a run at once.</summary>
    public async Task<TerminateWorkflowExecutionResponse> TerminateAsync(TerminateWorkflowExecutionRequest request, RpcContext context)
    {
        Requests.LimitName(engine.Limits, request.Identity, "Identity");
        Requests.LimitBlob(engine.Limits, request.Details);
        await OnAsync(
                request.Namespace,
                request.WorkflowExecution,
                request.FirstExecutionRunId,
                t =>
                {
                    Signals.RequireOpen(t);
                    t.Terminate(request.Reason, request.Details, request.Identity);
                },
                context
            )
            .ConfigureAwait(false);
        return new TerminateWorkflowExecutionResponse();
    }

    /// <summary>Describes a run.</summary>
    public async Task<DescribeWorkflowExecutionResponse> DescribeAsync(DescribeWorkflowExecutionRequest request, RpcContext context)
    {
        var key = await ResolveAsync(request.Namespace, request.Execution, context).ConfigureAwait(false);
        return await engine.TransactAsync(key, Descriptions.Describe, context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a run; an open one is terminated first, and its parent and children hear of that.</summary>
    public async Task<DeleteWorkflowExecutionResponse> DeleteAsync(DeleteWorkflowExecutionRequest request, RpcContext context)
    {
        var key = await ResolveAsync(request.Namespace, request.WorkflowExecution, context).ConfigureAwait(false);
        await engine.TransactAsync(key, t => t.Delete(), context.CancellationToken).ConfigureAwait(false);
        await UntilGoneAsync(key, context).ConfigureAwait(false);
        return new DeleteWorkflowExecutionResponse();
    }

    // Parent and children hear of the close first. That is a matter of moments; should it take longer, the caller need not wait for it.
    private async Task UntilGoneAsync(RunKey key, RpcContext context)
    {
        try
        {
            await engine
                .ReadWhenAsync<object>(
                    key,
                    _ => null,
                    run => run.Changed,
                    Requests.LongPoll(context, engine.Limits.LongPoll),
                    context.CancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Gone.
        }
    }

    private async Task OnAsync(
        string namespaceName,
        WorkflowExecution? execution,
        string firstRunId,
        Action<Transition> act,
        RpcContext context,
        bool together = false
    )
    {
        var named = !string.IsNullOrEmpty(execution?.RunId);
        while (true)
        {
            var key = await ResolveAsync(namespaceName, execution, context).ConfigureAwait(false);
            bool Change(Transition t) => TryAct(t, named, firstRunId, act);
            var done = await (
                together
                    ? engine.TransactTogetherAsync(key, Change, context.CancellationToken)
                    : engine.TransactAsync(key, Change, context.CancellationToken)
            ).ConfigureAwait(false);
            if (done)
            {
                return;
            }
        }
    }

    // False when the run was the current one but has been continued by another since it was resolved.
    private static bool TryAct(Transition t, bool named, string firstRunId, Action<Transition> act)
    {
        if (firstRunId.Length > 0 && t.State.Started.FirstExecutionRunId != firstRunId)
        {
            throw HistoryEngine.NotFound(t.Run.Key.WorkflowId);
        }

        if (!named && t.State.Close is { SuccessorRunId.Length: > 0 })
        {
            return false;
        }

        act(t);
        return true;
    }

    private Task<RunKey> ResolveAsync(string namespaceName, WorkflowExecution? execution, RpcContext context) =>
        engine.ResolveAsync(engine.Namespaces.Require(namespaceName), execution?.WorkflowId, execution?.RunId, context.CancellationToken);
}
