using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Common;

/// <summary>How a failed activity or workflow is tried again.</summary>
public record RetryPolicy
{
    /// <summary>Wait before the second attempt.</summary>
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Factor by which the wait grows with each attempt; at least 1.</summary>
    public float BackoffCoefficient { get; set; } = 2.0F;

    /// <summary>Longest wait; null for a hundred times the first.</summary>
    public TimeSpan? MaximumInterval { get; set; }

    /// <summary>Most attempts; 0 for no limit.</summary>
    public int MaximumAttempts { get; set; }

    /// <summary>Error types of application failures that are not tried again.</summary>
    public IReadOnlyCollection<string>? NonRetryableErrorTypes { get; set; }

    internal static RetryPolicy FromProto(Api.Common.V1.RetryPolicy proto) => new()
    {
        InitialInterval = proto.InitialInterval?.ToTimeSpan() ?? TimeSpan.FromSeconds(1),
        BackoffCoefficient = (float)proto.BackoffCoefficient,
        MaximumInterval = proto.MaximumInterval?.ToTimeSpan(),
        MaximumAttempts = proto.MaximumAttempts,
        NonRetryableErrorTypes = proto.NonRetryableErrorTypes.Count == 0 ? null : proto.NonRetryableErrorTypes,
    };

    internal Api.Common.V1.RetryPolicy ToProto() => new()
    {
        InitialInterval = Duration.FromTimeSpan(InitialInterval),
        BackoffCoefficient = BackoffCoefficient,
        MaximumInterval = MaximumInterval is { } maximum ? Duration.FromTimeSpan(maximum) : null,
        MaximumAttempts = MaximumAttempts,
        NonRetryableErrorTypes = { NonRetryableErrorTypes ?? [] },
    };
}
