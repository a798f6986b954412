using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Activities;

/// <summary>The world of the activity that is running.</summary>
public class ActivityExecutionContext
{
    private readonly Lazy<MetricMeter> metricMeter;
    private readonly ITemporalClient? temporalClient;

    internal ActivityExecutionContext(
        ActivityInfo info,
        ByteString taskToken,
        ILogger logger,
        IPayloadConverter payloadConverter,
        Lazy<MetricMeter> runtimeMetricMeter,
        ITemporalClient? temporalClient,
        CancellationToken workerShutdownToken,
        CancellationToken cancellationToken)
    {
        Info = info;
        CancellationToken = cancellationToken;
        WorkerShutdownToken = workerShutdownToken;
        TaskToken = taskToken;
        Logger = logger;
        PayloadConverter = payloadConverter;
        metricMeter = new(() => runtimeMetricMeter.Value.WithTags(new Dictionary<string, object>
        {
            ["namespace"] = info.Namespace,
            ["task_queue"] = info.TaskQueue,
            ["activity_type"] = info.ActivityType,
        }));
        this.temporalClient = temporalClient;
    }

    /// <summary>Whether the caller is in an activity.</summary>
    public static bool HasCurrent => AsyncLocalCurrent.Value is not null;

    /// <summary>The context of the activity that the caller is in.</summary>
    /// <exception cref="InvalidOperationException">The caller is not in an activity.</exception>
    public static ActivityExecutionContext Current =>
        AsyncLocalCurrent.Value ?? throw new InvalidOperationException("No current context");

    /// <summary>What is known about this attempt.</summary>
    public ActivityInfo Info { get; private init; }

    /// <summary>Logger whose scope names this attempt.</summary>
    public ILogger Logger { get; private init; }

    /// <summary>Why <see cref="CancellationToken" /> was cancelled.</summary>
    public ActivityCancelReason CancelReason => CancelRef.CancelReason;

    /// <summary>Why <see cref="CancellationToken" /> was cancelled, in full; null until it is.</summary>
    public ActivityCancellationDetails? CancellationDetails => CancelRef.CancellationDetails;

    /// <summary>Cancelled when the activity should stop. A request from the workflow arrives only with a heartbeat.</summary>
    public CancellationToken CancellationToken { get; private init; }

    /// <summary>Cancelled as soon as the worker begins to stop.</summary>
    public CancellationToken WorkerShutdownToken { get; private init; }

    /// <summary>Converts values of this activity.</summary>
    public IPayloadConverter PayloadConverter { get; private init; }

    /// <summary>Meter whose tags name this activity.</summary>
    public MetricMeter MetricMeter => metricMeter.Value;

    /// <summary>Client of the worker that runs the activity.</summary>
    /// <exception cref="InvalidOperationException">The worker or test environment was made without a client.</exception>
    public ITemporalClient TemporalClient => temporalClient
        ?? throw new InvalidOperationException("No Temporal client available: the worker or the test environment was made without one");

    internal static AsyncLocal<ActivityExecutionContext?> AsyncLocalCurrent { get; } = new();

    internal Action<object?[]>? Heartbeater { get; set; }

    internal ActivityCancelRef CancelRef { get; init; } = new();

    internal ByteString TaskToken { get; private init; }

    /// <summary>Says that the activity lives, leaving details for the next attempt. Sent no more often than the heartbeat time-out needs.</summary>
    public void Heartbeat(params object?[] details)
    {
        var heartbeater = Heartbeater ?? throw new InvalidOperationException("The activity has not begun");
        heartbeater(details);
    }
}
