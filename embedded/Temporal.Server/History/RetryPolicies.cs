using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporal.Server.History;

/// <summary>What a retry policy says.</summary>
internal static class RetryPolicies
{
    private static readonly TimeSpan DefaultInitialInterval = TimeSpan.FromSeconds(1);
    private const double DefaultCoefficient = 2;
    private const int DefaultMaximumFactor = 100;
    private const string TimeoutTypePrefix = "TemporalTimeout:";

    /// <summary>A workflow's policy with defaults filled in; null stays null, a workflow without policy is not retried.</summary>
    /// <exception cref="RpcException">InvalidArgument: a value is out of range.</exception>
    public static RetryPolicy? CheckForWorkflow(RetryPolicy? policy) => policy is null ? null : Check(policy);

    /// <summary>A policy with defaults filled in; an activity always has one.</summary>
    /// <exception cref="RpcException">InvalidArgument: a value is out of range.</exception>
    public static RetryPolicy Check(RetryPolicy? policy)
    {
        var filled = policy?.Clone() ?? new RetryPolicy();
        var initial = filled.InitialInterval.ToSpan();
        if (initial < TimeSpan.Zero)
        {
            throw RpcException.InvalidArgument("InitialInterval cannot be negative on retry policy.");
        }

        if (initial == TimeSpan.Zero)
        {
            initial = DefaultInitialInterval;
            filled.InitialInterval = initial.ToProto();
        }

        if (filled.BackoffCoefficient == 0)
        {
            filled.BackoffCoefficient = DefaultCoefficient;
        }

        // Not a number is not less than 1, either.
        if (!(filled.BackoffCoefficient >= 1 && double.IsFinite(filled.BackoffCoefficient)))
        {
            throw RpcException.InvalidArgument("BackoffCoefficient cannot be less than 1 on retry policy.");
        }

        var maximum = filled.MaximumInterval.ToSpan();
        if (maximum == TimeSpan.Zero)
        {
            filled.MaximumInterval = (
                initial > TimeSpan.MaxValue / DefaultMaximumFactor ? initial : initial * DefaultMaximumFactor
            ).ToProto();
        }
        else if (maximum < initial)
        {
            throw RpcException.InvalidArgument("MaximumInterval cannot be less than InitialInterval on retry policy.");
        }

        if (filled.MaximumAttempts < 0)
        {
            throw RpcException.InvalidArgument("MaximumAttempts cannot be negative on retry policy.");
        }

        return filled;
    }

    /// <summary>Decides on a retry after a failed attempt.</summary>
    /// <param name="policy">The policy, defaults filled in.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="failure">Why.</param>
    /// <param name="now">The time.</param>
    /// <param name="deadline">Nothing may start after this.</param>
    /// <returns>The delay before the next attempt, or why there is none.</returns>
    public static (TimeSpan? Delay, RetryState State) Decide(
        RetryPolicy policy,
        int attempt,
        Failure failure,
        DateTimeOffset now,
        DateTimeOffset? deadline
    )
    {
        if (!IsRetryable(policy, failure))
        {
            return (null, RetryState.NonRetryableFailure);
        }

        if (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
        {
            return (null, RetryState.MaximumAttemptsReached);
        }

        var asked = failure.ApplicationFailureInfo?.NextRetryDelay;
        var delay = asked is null ? Backoff(policy, attempt) : asked.ToSpan();
        return deadline is not null && now.SaturatingAdd(delay) > deadline ? (null, RetryState.Timeout) : (delay, RetryState.InProgress);
    }

    /// <summary>The delay after a failed attempt (from 1), by the policy alone.</summary>
    public static TimeSpan Backoff(RetryPolicy policy, int attempt)
    {
        var seconds = policy.InitialInterval.ToSpan().TotalSeconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var maximum = policy.MaximumInterval.ToSpan();
        return seconds >= maximum.TotalSeconds ? maximum : TimeSpan.FromMicroseconds(Math.Round(seconds * 1_000_000));
    }

    /// <summary>Whether a failure of this kind may be followed by another attempt.</summary>
    public static bool IsRetryable(RetryPolicy policy, Failure failure)
    {
        switch (failure.FailureInfoCase)
        {
            case Failure.FailureInfoOneofCase.TerminatedFailureInfo:
            case Failure.FailureInfoOneofCase.CanceledFailureInfo:
                return false;
            case Failure.FailureInfoOneofCase.TimeoutFailureInfo:
                var type = failure.TimeoutFailureInfo.TimeoutType;
                return type is TimeoutType.StartToClose or TimeoutType.Heartbeat
                    && !policy.NonRetryableErrorTypes.Contains(TimeoutTypePrefix + type);
            case Failure.FailureInfoOneofCase.ServerFailureInfo:
                return !failure.ServerFailureInfo.NonRetryable;
            case Failure.FailureInfoOneofCase.ApplicationFailureInfo:
                return !failure.ApplicationFailureInfo.NonRetryable
                    && !policy.NonRetryableErrorTypes.Contains(failure.ApplicationFailureInfo.Type);
            default:
                return true;
        }
    }
}
