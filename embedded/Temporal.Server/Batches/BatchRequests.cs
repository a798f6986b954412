using System.Globalization;
using Temporal.Server.Frontend;
using Temporal.Server.History.Activities;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Operation = Temporalio.Api.WorkflowService.V1.StartBatchOperationRequest.OperationOneofCase;

namespace Temporal.Server.Batches;

/// <summary>What a request for a batch operation asks for.</summary>
internal static class BatchRequests
{
    /// <summary>Refuses what makes no sense.</summary>
    /// <exception cref="RpcException">InvalidArgument; Unimplemented for workflow rules and activities without a workflow.</exception>
    public static void Check(WorkflowLimits limits, StartBatchOperationRequest request)
    {
        Requests.RequireName(limits, request.JobId, "JobId");
        Requests.RequireName(limits, request.Reason, "Reason");
        var named = Named(request).Count;
        if (request.VisibilityQuery.Length > 0 == named > 0)
        {
            throw RpcException.InvalidArgument(
                named > 0
                    ? "Batch operations are allowed with either a VisibilityQuery or Executions, not both."
                    : "A VisibilityQuery or Executions must be set on request."
            );
        }

        if (named > BatchLimits.NamedExecutions)
        {
            throw RpcException.InvalidArgument($"A batch operation may name at most {BatchLimits.NamedExecutions} executions.");
        }

        foreach (var execution in Named(request))
        {
            Requests.RequireName(limits, execution.WorkflowId, "WorkflowId");
        }

        if (request.MaxOperationsPerSecond is < 0 or float.NaN)
        {
            throw RpcException.InvalidArgument("MaxOperationsPerSecond must not be negative.");
        }

        CheckOperation(limits, request);
    }

    /// <summary>The executions that it names.</summary>
    public static IReadOnlyList<WorkflowExecution> Named(StartBatchOperationRequest request) =>
        [
            .. request.Executions,
            .. request.TargetExecutions.Select(execution => new WorkflowExecution
            {
                WorkflowId = execution.BusinessId,
                RunId = execution.RunId,
            }),
        ];

    /// <summary>Its kind of operation, as descriptions name it.</summary>
    public static BatchOperationType TypeOf(StartBatchOperationRequest request) =>
        request.OperationCase switch
        {
            Operation.TerminationOperation => BatchOperationType.TerminateWorkflow,
            Operation.CancellationOperation => BatchOperationType.CancelWorkflow,
            Operation.SignalOperation => BatchOperationType.SignalWorkflow,
            Operation.DeletionOperation => BatchOperationType.DeleteWorkflow,
            Operation.ResetOperation => BatchOperationType.ResetWorkflow,
            Operation.UpdateWorkflowOptionsOperation => BatchOperationType.UpdateWorkflowExecutionOptions,
            Operation.UnpauseActivitiesOperation => BatchOperationType.UnpauseActivity,
            Operation.ResetActivitiesOperation => BatchOperationType.ResetActivity,
            Operation.UpdateActivityOptionsOperation => BatchOperationType.UpdateActivityOptions,
            _ => BatchOperationType.Unspecified,
        };

    /// <summary>Who asks.</summary>
    public static string IdentityOf(StartBatchOperationRequest request) =>
        request.OperationCase switch
        {
            Operation.TerminationOperation => request.TerminationOperation.Identity,
            Operation.CancellationOperation => request.CancellationOperation.Identity,
            Operation.SignalOperation => request.SignalOperation.Identity,
            Operation.DeletionOperation => request.DeletionOperation.Identity,
            Operation.ResetOperation => request.ResetOperation.Identity,
            Operation.UpdateWorkflowOptionsOperation => request.UpdateWorkflowOptionsOperation.Identity,
            Operation.UnpauseActivitiesOperation => request.UnpauseActivitiesOperation.Identity,
            Operation.ResetActivitiesOperation => request.ResetActivitiesOperation.Identity,
            Operation.UpdateActivityOptionsOperation => request.UpdateActivityOptionsOperation.Identity,
            _ => "",
        };

    /// <summary>Its query. One that ends pauses of a type of activities finds the workflows by that alone, as in Temporal.</summary>
    /// <exception cref="RpcException">InvalidArgument: it is no filter.</exception>
    public static string AskedQueryOf(StartBatchOperationRequest request) =>
        request.UnpauseActivitiesOperation is { Type.Length: > 0 } unpause
            ? $"TemporalPauseInfo = '{PausedActivities.MarkOf(unpause.Type).Replace("'", "''", StringComparison.Ordinal)}'"
            : request.VisibilityQuery;

    /// <summary>Its query, narrowed to the runs that it can do something to and that were there when it began.</summary>
    public static string QueryOf(StartBatchOperationRequest request, DateTimeOffset startTime)
    {
        var open = request.OperationCase is Operation.DeletionOperation or Operation.ResetOperation
            ? ""
            : " AND ExecutionStatus = 'Running'";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"({AskedQueryOf(request)}){open} AND StartTime <= '{startTime.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}'"
        );
    }

    private static void CheckOperation(WorkflowLimits limits, StartBatchOperationRequest request)
    {
        switch (request.OperationCase)
        {
            case Operation.None:
                throw RpcException.InvalidArgument("The operation type is not set on request.");
            case Operation.SignalOperation:
                Requests.RequireName(limits, request.SignalOperation.Signal, "SignalName");
                Requests.LimitBlob(limits, request.SignalOperation.Input);
                break;
            case Operation.ResetOperation when request.ResetOperation is { Options: null, ResetType: ResetType.Unspecified }:
                throw RpcException.InvalidArgument("Either ResetType or Options must be set on a reset operation.");
            case Operation.ResetOperation:
                foreach (var operation in request.ResetOperation.PostResetOperations)
                {
                    ResetHandlers.ChangeOf(operation, request.ResetOperation.Identity);
                }

                break;
            case Operation.UpdateWorkflowOptionsOperation:
                WorkflowOptionHandlers.Check(
                    request.UpdateWorkflowOptionsOperation.WorkflowExecutionOptions,
                    request.UpdateWorkflowOptionsOperation.UpdateMask
                );
                break;
            case Operation.UnpauseActivitiesOperation:
                BatchActivityActions.Check(request.UnpauseActivitiesOperation);
                break;
            case Operation.ResetActivitiesOperation:
                BatchActivityActions.Check(request.ResetActivitiesOperation);
                break;
            case Operation.UpdateActivityOptionsOperation:
                BatchActivityActions.Check(request.UpdateActivityOptionsOperation);
                break;
            case Operation.TerminationOperation or Operation.CancellationOperation or Operation.DeletionOperation:
                break;
            default:
                throw new RpcException(StatusCode.Unimplemented, $"This batch operation is not served: {request.OperationCase}.");
        }
    }
}
