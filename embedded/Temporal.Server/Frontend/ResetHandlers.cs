using Temporal.Server.History;
using Temporal.Server.History.Options;
using Temporal.Server.History.Resets;
using Temporal.Server.Rpc;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>ResetWorkflowExecution.</summary>
internal sealed class ResetHandlers(HistoryEngine engine)
{
    private readonly WorkflowResetter resetter = new(engine);

    /// <summary>Resets a workflow to an earlier workflow task.</summary>
    public async Task<ResetWorkflowExecutionResponse> ResetAsync(ResetWorkflowExecutionRequest request, RpcContext context)
    {
        Requests.RequireName(engine.Limits, request.RequestId, "RequestId");
        var changes = request.PostResetOperations.Select(operation => ChangeOf(operation, request.Identity)).ToList();
        var run = await engine
            .ResolveAsync(
                engine.Namespaces.Require(request.Namespace),
                request.WorkflowExecution?.WorkflowId,
                request.WorkflowExecution?.RunId,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        var plan = new ResetPlan
        {
            WorkflowTaskFinishEventId = request.WorkflowTaskFinishEventId,
            RequestId = request.RequestId,
            Reason = request.Reason,
            Exclude = ResetPlan.Excluded(request.ResetReapplyExcludeTypes, request.ResetReapplyType),
            AfterReapply = t => changes.ForEach(change => change(t)),
        };
        return new ResetWorkflowExecutionResponse
        {
            RunId = await resetter.ResetAsync(run, plan, context.CancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>What else to do with the new run. As in Temporal, only options can be changed.</summary>
    /// <exception cref="RpcException">InvalidArgument: it is something else, or wrong.</exception>
    public static Action<Transition> ChangeOf(PostResetOperation operation, string identity)
    {
        var change = operation.UpdateWorkflowOptions
            ?? throw RpcException.InvalidArgument($"unsupported post reset operation: {operation.VariantCase}");
        var mask = WorkflowOptionHandlers.Check(change.WorkflowExecutionOptions, change.UpdateMask);
        return t => t.UpdateOptions(change.WorkflowExecutionOptions, mask, identity);
    }
}
