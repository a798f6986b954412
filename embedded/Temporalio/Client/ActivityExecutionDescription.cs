using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A standalone activity in full. Times are UTC.</summary>
public class ActivityExecutionDescription : ActivityExecution
{
    private readonly Lazy<Task<(string? Summary, string? Details)>> userMetadata;

    /// <summary>From the wire.</summary>
    protected internal ActivityExecutionDescription(
        DescribeActivityExecutionResponse rawDescription, string clientNamespace, DataConverter dataConverter)
        : base(rawDescription.Info, clientNamespace)
    {
        var info = rawDescription.Info;
        RawDescription = rawDescription;
        Attempt = info.Attempt;
        CanceledReason = info.CanceledReason.Length == 0 ? null : info.CanceledReason;
        CurrentRetryInterval = info.CurrentRetryInterval?.ToTimeSpan();
        ExpirationTime = info.ExpirationTime?.ToDateTime();
        HeartbeatTimeout = info.HeartbeatTimeout?.ToTimeSpan();
        LastAttemptCompleteTime = info.LastAttemptCompleteTime?.ToDateTime();
        LastHeartbeatTime = info.LastHeartbeatTime?.ToDateTime();
        LastStartedTime = info.LastStartedTime?.ToDateTime();
        LastWorkerIdentity = info.LastWorkerIdentity.Length == 0 ? null : info.LastWorkerIdentity;
        LongPollToken = rawDescription.LongPollToken.IsEmpty ? null : rawDescription.LongPollToken.ToByteArray();
        NextAttemptScheduleTime = info.NextAttemptScheduleTime?.ToDateTime();
        RetryPolicy = info.RetryPolicy is { } policy ? Common.RetryPolicy.FromProto(policy) : null;
        RunState = info.RunState;
        ScheduleToCloseTimeout = info.ScheduleToCloseTimeout?.ToTimeSpan();
        ScheduleToStartTimeout = info.ScheduleToStartTimeout?.ToTimeSpan();
        StartToCloseTimeout = info.StartToCloseTimeout?.ToTimeSpan();
        userMetadata = new(() => dataConverter.FromUserMetadataAsync(info.UserMetadata));
    }

    /// <summary>Attempt, beginning with 1.</summary>
    public int Attempt { get; private init; }

    /// <summary>Why it was asked to cancel, if it was.</summary>
    public string? CanceledReason { get; private init; }

    /// <summary>Wait before the next attempt, if it waits.</summary>
    public TimeSpan? CurrentRetryInterval { get; private init; }

    /// <summary>When <see cref="ScheduleToCloseTimeout" /> is up.</summary>
    public DateTime? ExpirationTime { get; private init; }

    /// <summary>Longest silence of an attempt.</summary>
    public TimeSpan? HeartbeatTimeout { get; private init; }

    /// <summary>When the last attempt ended.</summary>
    public DateTime? LastAttemptCompleteTime { get; private init; }

    /// <summary>When it was last heard of.</summary>
    public DateTime? LastHeartbeatTime { get; private init; }

    /// <summary>When the last attempt started.</summary>
    public DateTime? LastStartedTime { get; private init; }

    /// <summary>Worker of the last attempt.</summary>
    public string? LastWorkerIdentity { get; private init; }

    /// <summary>With it the next description waits for news.</summary>
    public byte[]? LongPollToken { get; private init; }

    /// <summary>When the next attempt is due, if it waits.</summary>
    public DateTime? NextAttemptScheduleTime { get; private init; }

    /// <summary>How it is tried again.</summary>
    public RetryPolicy? RetryPolicy { get; private init; }

    /// <summary>What it does while it runs.</summary>
    public PendingActivityState RunState { get; private init; }

    /// <summary>Longest time for all attempts.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; private init; }

    /// <summary>Longest time in the task queue.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; private init; }

    /// <summary>Longest time for one attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; private init; }

    internal DescribeActivityExecutionResponse RawDescription { get; private init; }

    /// <summary>One line of Markdown for user interfaces, if any.</summary>
    public async Task<string?> GetStaticSummaryAsync() => (await userMetadata.Value.ConfigureAwait(false)).Summary;

    /// <summary>Markdown for user interfaces, if any.</summary>
    public async Task<string?> GetStaticDetailsAsync() => (await userMetadata.Value.ConfigureAwait(false)).Details;
}
