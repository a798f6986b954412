namespace Temporal.Server.History;

/// <summary>What the engine logs.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Waking workflow {WorkflowId} run {RunId} failed; trying again.")]
    public static partial void WakeFailed(ILogger logger, string workflowId, string runId, Exception error);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Error,
        Message = "Delivering {Item} of workflow {WorkflowId} run {RunId} failed; trying again."
    )]
    public static partial void DeliveryFailed(ILogger logger, string item, string workflowId, string runId, Exception error);

    [LoggerMessage(
        EventId = 3,
        Level = LogLevel.Information,
        Message = "Workflow {WorkflowId} run {RunId}: workflow task failed: {Cause} {Reason}"
    )]
    public static partial void BadCommand(
        ILogger logger,
        string workflowId,
        string runId,
        Temporalio.Api.Enums.V1.WorkflowTaskFailedCause cause,
        string reason
    );

    [LoggerMessage(
        EventId = 4,
        Level = LogLevel.Information,
        Message = "Deleted {Count} closed runs that were older than their namespace keeps them"
    )]
    public static partial void RetentionDeleted(ILogger logger, int count);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "Old closed runs could not be deleted; the next try is in a minute")]
    public static partial void RetentionFailed(ILogger logger, Exception error);

    [LoggerMessage(
        EventId = 21,
        Level = LogLevel.Error,
        Message = "Reading the tasks of task queue {TaskQueue} again failed; trying again."
    )]
    public static partial void RefillFailed(ILogger logger, string taskQueue, Exception error);

    [LoggerMessage(EventId = 22, Level = LogLevel.Debug, Message = "Waking workflow {WorkflowId} run {RunId} must wait: {Reason}")]
    public static partial void WakePutOff(ILogger logger, string workflowId, string runId, string reason);

    [LoggerMessage(
        EventId = 23,
        Level = LogLevel.Debug,
        Message = "Delivering {Item} of workflow {WorkflowId} run {RunId} must wait: {Reason}"
    )]
    public static partial void DeliveryPutOff(ILogger logger, string item, string workflowId, string runId, string reason);
}
