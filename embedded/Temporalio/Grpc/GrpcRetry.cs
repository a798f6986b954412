using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Runtime.Logs;
using static Temporalio.Exceptions.RpcException;

namespace Temporalio.Grpc;

/// <summary>Tries calls again as the official client does (sdk-core, crates/client/src/retry.rs).</summary>
internal static class GrpcRetry
{
    private static readonly TimeSpan FatalGrace = TimeSpan.FromSeconds(60);

    private static readonly RpcRetryOptions TaskPoll = new()
    {
        InitialInterval = TimeSpan.FromMilliseconds(200),
        Multiplier = 2,
        MaxInterval = TimeSpan.FromSeconds(10),
        MaxElapsedTime = null,
        MaxRetries = 0,
    };

    // An overloaded server is left alone for longer.
    private static readonly RpcRetryOptions Throttled = new()
    {
        InitialInterval = TimeSpan.FromSeconds(1),
        Multiplier = 2,
        MaxInterval = TimeSpan.FromSeconds(10),
        MaxElapsedTime = null,
        MaxRetries = 0,
    };

    internal static async Task<T> RunAsync<T>(
        GrpcCall call,
        bool retry,
        RpcRetryOptions? configured,
        Func<CancellationToken, Task<T>> attempt,
        RuntimeLog log,
        CancellationToken cancellationToken)
    {
        var options = call.Kind == GrpcCallKind.TaskLongPoll ? TaskPoll : configured ?? new();
        var begun = Stopwatch.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await attempt(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e) when (
                retry
                && (options.MaxRetries == 0 || attempts < options.MaxRetries)
                && DelayAfter(e, call.Kind, options, attempts, Stopwatch.GetElapsedTime(begun)) is { } delay)
            {
                log.Write(
                    LevelAfter(attempts, options),
                    RuntimeLog.Client,
                    $"gRPC call {call.Path} is tried again after attempt {attempts}: {e.Message}",
                    ("call", call.Path),
                    ("code", e.Code.ToString()),
                    ("attempts", attempts));
                await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether a message is larger than one end of the connection takes.</summary>
    internal static bool IsTooLarge(RpcException e) =>
        e.Code == StatusCode.ResourceExhausted && e.Message.Contains("larger than max", StringComparison.Ordinal);

    // Loud where half of the attempts are gone or where there is no end to them, as sdk-core.
    private static LogLevel LevelAfter(int attempts, RpcRetryOptions options) => (attempts, options.MaxRetries) switch
    {
        (1, _) => LogLevel.Debug,
        ( > 15, 0) => LogLevel.Error,
        ( > 5, 0) => LogLevel.Warning,
        var (tried, most) when most > 0 && tried * 2 >= most => LogLevel.Warning,
        _ => LogLevel.Debug,
    };

    /// <summary>The wait before the next attempt, or null if there is none.</summary>
    private static TimeSpan? DelayAfter(RpcException e, GrpcCallKind kind, RpcRetryOptions options, int attempts, TimeSpan elapsed)
    {
        if (!IsTransient(e, kind))
        {
            // Proxies answer oddly while they start, which must not end a worker.
            return kind == GrpcCallKind.TaskLongPoll && elapsed <= FatalGrace && !IsTooLarge(e) ? options.MaxInterval : null;
        }

        var delay = Backoff(options, attempts);
        if (options.MaxElapsedTime is { } maximum && elapsed + delay > maximum)
        {
            return null;
        }

        return e.Code == StatusCode.ResourceExhausted && Backoff(Throttled, attempts) is var throttled && throttled > delay
            ? throttled
            : delay;
    }

    private static bool IsTransient(RpcException e, GrpcCallKind kind) => e.Code switch
    {
        StatusCode.ResourceExhausted => !IsTooLarge(e),
        StatusCode.DataLoss or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted
            or StatusCode.OutOfRange or StatusCode.Unavailable => true,
        StatusCode.Cancelled or StatusCode.DeadlineExceeded => kind == GrpcCallKind.TaskLongPoll,
        _ => false,
    };

    private static TimeSpan Backoff(RpcRetryOptions options, int attempts)
    {
        var interval = Math.Min(
            options.InitialInterval.TotalMilliseconds * Math.Pow(options.Multiplier, attempts - 1),
            options.MaxInterval.TotalMilliseconds);
        var jitter = 1 + (options.RandomizationFactor * ((Random.Shared.NextDouble() * 2) - 1));
        return TimeSpan.FromMilliseconds(interval * jitter);
    }
}
