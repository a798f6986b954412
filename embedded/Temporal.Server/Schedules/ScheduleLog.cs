namespace Temporal.Server.Schedules;

/// <summary>What schedules log.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(EventId = 31, Level = LogLevel.Warning, Message = "Schedule {ScheduleId} cannot start workflow {WorkflowId}: {Reason}")]
    public static partial void StartRefused(ILogger logger, string scheduleId, string workflowId, string reason);

    [LoggerMessage(EventId = 32, Level = LogLevel.Error, Message = "Schedule {ScheduleId} could not act; trying again.")]
    public static partial void ActFailed(ILogger logger, string scheduleId, Exception error);
}
