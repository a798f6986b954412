namespace Temporal.Server.Batches;

/// <summary>What batch operations log.</summary>
internal static partial class BatchLog
{
    [LoggerMessage(
        EventId = 41,
        Level = LogLevel.Warning,
        Message = "Batch operation {JobId} cannot act on workflow {WorkflowId}: {Reason}"
    )]
    public static partial void ItemFailed(ILogger logger, string jobId, string workflowId, string reason);

    [LoggerMessage(EventId = 42, Level = LogLevel.Error, Message = "Batch operation {JobId} could not go on; trying again.")]
    public static partial void RunFailed(ILogger logger, string jobId, Exception error);
}
