using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>
/// What operators do to one activity, by the newer names of these calls. An activity without a workflow is not served: the request must
/// name one.
/// </summary>
internal sealed class ActivityExecutionOperationHandlers(ActivityOperationHandlers operations)
{
    /// <summary>Pauses an activity.</summary>
    public async Task<PauseActivityExecutionResponse> PauseAsync(PauseActivityExecutionRequest request, RpcContext context)
    {
        await operations
            .PauseAsync(
                new PauseActivityRequest
                {
                    Namespace = request.Namespace,
                    Execution = WorkflowOf(request.WorkflowId, request.RunId),
                    Id = request.ActivityId,
                    Identity = request.Identity,
                    Reason = request.Reason,
                    RequestId = request.RequestId,
                },
                context
            )
            .ConfigureAwait(false);
        return new PauseActivityExecutionResponse();
    }

    /// <summary>Ends a pause.</summary>
    public async Task<UnpauseActivityExecutionResponse> UnpauseAsync(UnpauseActivityExecutionRequest request, RpcContext context)
    {
        await operations
            .UnpauseAsync(
                new UnpauseActivityRequest
                {
                    Namespace = request.Namespace,
                    Execution = WorkflowOf(request.WorkflowId, request.RunId),
                    Id = request.ActivityId,
                    Identity = request.Identity,
                    Jitter = request.Jitter,
                },
                context
            )
            .ConfigureAwait(false);
        return new UnpauseActivityExecutionResponse();
    }

    /// <summary>Resets an activity.</summary>
    public async Task<ResetActivityExecutionResponse> ResetAsync(ResetActivityExecutionRequest request, RpcContext context)
    {
        await operations
            .ResetAsync(
                new ResetActivityRequest
                {
                    Namespace = request.Namespace,
                    Execution = WorkflowOf(request.WorkflowId, request.RunId),
                    Id = request.ActivityId,
                    Identity = request.Identity,
                    ResetHeartbeat = request.ResetHeartbeat,
                    KeepPaused = request.KeepPaused,
                    Jitter = request.Jitter,
                    RestoreOriginalOptions = request.RestoreOriginalOptions,
                },
                context
            )
            .ConfigureAwait(false);
        return new ResetActivityExecutionResponse();
    }

    /// <summary>Changes an activity's options.</summary>
    public async Task<UpdateActivityExecutionOptionsResponse> UpdateOptionsAsync(
        UpdateActivityExecutionOptionsRequest request,
        RpcContext context
    )
    {
        var reply = await operations
            .UpdateOptionsAsync(
                new UpdateActivityOptionsRequest
                {
                    Namespace = request.Namespace,
                    Execution = WorkflowOf(request.WorkflowId, request.RunId),
                    Id = request.ActivityId,
                    Identity = request.Identity,
                    ActivityOptions = request.ActivityOptions,
                    UpdateMask = request.UpdateMask,
                    RestoreOriginal = request.RestoreOriginal,
                },
                context
            )
            .ConfigureAwait(false);
        return new UpdateActivityExecutionOptionsResponse { ActivityOptions = reply.ActivityOptions };
    }

    private static WorkflowExecution WorkflowOf(string workflowId, string runId) =>
        workflowId.Length > 0
            ? new WorkflowExecution { WorkflowId = workflowId, RunId = runId }
            : throw new RpcException(StatusCode.Unimplemented, "Activities without a workflow are not served.");
}
