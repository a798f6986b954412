using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;

namespace Temporal.Server.Frontend;

/// <summary>
/// The error of an update-with-start: it says of each operation what became of it, and clients throw the one that went wrong. As in
/// Temporal's <c>serviceerror.MultiOperationExecution</c>, its code is that of the first operation that failed on its own account.
/// </summary>
internal static class MultiOperationError
{
    /// <summary>What is said of an operation that was not done because the other one failed.</summary>
    public static RpcException Aborted { get; } = new(StatusCode.Aborted, "Operation was aborted.", new MultiOperationExecutionAborted());

    /// <summary>Makes the error.</summary>
    /// <param name="start">The start's error; null when the workflow was started.</param>
    /// <param name="update">The update's error.</param>
    public static RpcException Of(RpcException? start, RpcException update)
    {
        var culprit = start is null || start == Aborted ? update : start;
        return new RpcException(
            culprit.StatusCode,
            "Update-with-Start could not be executed.",
            new MultiOperationExecutionFailure { Statuses = { StatusOf(start), StatusOf(update) } }
        );
    }

    private static MultiOperationExecutionFailure.Types.OperationStatus StatusOf(RpcException? error) =>
        error is null
            ? new MultiOperationExecutionFailure.Types.OperationStatus { Code = (int)StatusCode.OK }
            : new MultiOperationExecutionFailure.Types.OperationStatus
            {
                Code = (int)error.StatusCode,
                Message = error.Message,
                Details = { error.Details.Select(Any.Pack) },
            };
}
