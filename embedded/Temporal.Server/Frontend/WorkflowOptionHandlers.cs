using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.History.Options;
using Temporal.Server.Rpc;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>UpdateWorkflowExecutionOptions.</summary>
internal sealed class WorkflowOptionHandlers(HistoryEngine engine)
{
    /// <summary>Changes an open run's options.</summary>
    public async Task<UpdateWorkflowExecutionOptionsResponse> UpdateAsync(UpdateWorkflowExecutionOptionsRequest request, RpcContext context)
    {
        var mask = Check(request.WorkflowExecutionOptions, request.UpdateMask);
        var key = await engine
            .ResolveAsync(
                engine.Namespaces.Require(request.Namespace),
                request.WorkflowExecution?.WorkflowId,
                request.WorkflowExecution?.RunId,
                context.CancellationToken
            )
            .ConfigureAwait(false);
        var options = await engine
            .TransactAsync(key, t => t.UpdateOptions(request.WorkflowExecutionOptions, mask, request.Identity), context.CancellationToken)
            .ConfigureAwait(false);
        return new UpdateWorkflowExecutionOptionsResponse { WorkflowExecutionOptions = options };
    }

    /// <summary>Refuses what cannot be changed, or not in part.</summary>
    /// <returns>The mask in the protocol's spelling.</returns>
    /// <exception cref="RpcException">InvalidArgument; Unimplemented for a run's own time skipping.</exception>
    public static FieldMask Check(WorkflowExecutionOptions? options, FieldMask? mask)
    {
        if (mask is null)
        {
            throw RpcException.InvalidArgument("UpdateMask is required");
        }

        if (options is null)
        {
            throw RpcException.InvalidArgument("WorkflowExecutionOptions is required");
        }

        Priorities.Check(options.Priority);
        var known = FieldMasks.Check<WorkflowExecutionOptions>(mask);
        if (
            options.TimeSkippingConfig is not null
            || known.Paths.Any(path => path.StartsWith("time_skipping_config", StringComparison.Ordinal))
        )
        {
            throw new RpcException(StatusCode.Unimplemented, "The Time-Skipping feature is not enabled for namespace.");
        }

        return known.Paths.Any(path => path.StartsWith("versioning_override.", StringComparison.Ordinal))
            ? throw RpcException.InvalidArgument("versioning_override doesn't support partial updates")
            : known;
    }
}
