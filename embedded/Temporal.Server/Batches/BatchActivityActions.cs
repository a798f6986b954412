using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Frontend;
using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.Rpc;
using Temporalio.Api.Batch.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Batches;

/// <summary>What batch operations do to the open activities of a workflow: those of one type, or all.</summary>
internal static class BatchActivityActions
{
    /// <summary>Refuses an operation that makes no sense.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(BatchOperationUnpauseActivities operation)
    {
        SelectorOf(operation.ActivityCase == BatchOperationUnpauseActivities.ActivityOneofCase.Type, operation.Type, operation.MatchAll);
        Requests.RequireNotNegative(operation.Jitter, "Jitter");
    }

    /// <summary>Refuses an operation that makes no sense.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(BatchOperationResetActivities operation)
    {
        SelectorOf(operation.ActivityCase == BatchOperationResetActivities.ActivityOneofCase.Type, operation.Type, operation.MatchAll);
        Requests.RequireNotNegative(operation.Jitter, "Jitter");
    }

    /// <summary>Refuses an operation that makes no sense.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(BatchOperationUpdateActivityOptions operation)
    {
        SelectorOf(
            operation.ActivityCase == BatchOperationUpdateActivityOptions.ActivityOneofCase.Type,
            operation.Type,
            operation.MatchAll
        );
        MaskOf(operation);
    }

    /// <summary>Ends pauses.</summary>
    /// <exception cref="RpcException">NotFound: the workflow has no such activity.</exception>
    public static void Unpause(Transition t, BatchOperationUnpauseActivities operation)
    {
        var selector = SelectorOf(
            operation.ActivityCase == BatchOperationUnpauseActivities.ActivityOneofCase.Type,
            operation.Type,
            operation.MatchAll
        );
        foreach (var activity in selector.Of(t))
        {
            t.UnpauseActivity(activity, operation.ResetAttempts, operation.ResetHeartbeat, operation.Jitter.ToSpan());
        }
    }

    /// <summary>Begins attempts again. Done twice, it does so twice.</summary>
    /// <exception cref="RpcException">NotFound: the workflow has no such activity.</exception>
    public static void Reset(Transition t, BatchOperationResetActivities operation)
    {
        var selector = SelectorOf(
            operation.ActivityCase == BatchOperationResetActivities.ActivityOneofCase.Type,
            operation.Type,
            operation.MatchAll
        );
        foreach (var activity in selector.Of(t))
        {
            t.ResetActivity(
                activity,
                operation.ResetHeartbeat,
                operation.KeepPaused,
                operation.RestoreOriginalOptions,
                operation.Jitter.ToSpan()
            );
        }
    }

    /// <summary>Changes options.</summary>
    /// <exception cref="RpcException">NotFound: the workflow has no such activity. InvalidArgument: the options do not fit it.</exception>
    public static void UpdateOptions(Transition t, BatchOperationUpdateActivityOptions operation)
    {
        var selector = SelectorOf(
            operation.ActivityCase == BatchOperationUpdateActivityOptions.ActivityOneofCase.Type,
            operation.Type,
            operation.MatchAll
        );
        var mask = MaskOf(operation);
        foreach (var activity in selector.Of(t))
        {
            if (operation.RestoreOriginal)
            {
                t.RestoreOptions(activity);
            }
            else
            {
                t.ChangeOptions(activity, operation.ActivityOptions, mask);
            }
        }
    }

    private static FieldMask MaskOf(BatchOperationUpdateActivityOptions operation) =>
        ActivityOperationHandlers.MaskOf(
            new UpdateActivityOptionsRequest
            {
                ActivityOptions = operation.ActivityOptions,
                UpdateMask = operation.UpdateMask,
                RestoreOriginal = operation.RestoreOriginal,
            }
        );

    private static ActivitySelector SelectorOf(bool byType, string type, bool all) =>
        byType && type.Length > 0 ? new ActivitySelector(Id: null, type)
        : all ? new ActivitySelector(Id: null, Type: null)
        : throw RpcException.InvalidArgument("Either an activity type or MatchAll must be set on the operation.");
}
