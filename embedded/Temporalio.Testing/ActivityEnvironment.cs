using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Testing;

/// <summary>Runs activity code with a context, without a worker or a server.</summary>
public record ActivityEnvironment
{
    private static readonly DateTime LongAgo = new(1970, 1, 1, 1, 1, 1, DateTimeKind.Utc);

    /// <summary>The info of whoever does not say otherwise.</summary>
    public static readonly ActivityInfo DefaultInfo = new(
        ActivityId: "test",
        ActivityType: "unknown",
        Attempt: 1,
        CurrentAttemptScheduledTime: LongAgo,
        DataConverter: DataConverter.Default,
        HeartbeatDetails: [],
        HeartbeatTimeout: null,
        IsLocal: false,
        Namespace: "default",
        Priority: new(),
        RetryPolicy: new(),
        ScheduleToCloseTimeout: TimeSpan.FromSeconds(1),
        ScheduledTime: LongAgo,
        StartToCloseTimeout: TimeSpan.FromSeconds(1),
        StartedTime: LongAgo,
        TaskQueue: "test",
        TaskToken: Encoding.ASCII.GetBytes("test"),
        WorkflowId: "test",
        WorkflowNamespace: "default",
        WorkflowRunId: "test-run",
        WorkflowType: "test");

    /// <summary>What the activity knows of its attempt.</summary>
    public ActivityInfo Info { get; init; } = DefaultInfo;

    /// <summary>Its logger.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Its payload converter.</summary>
    public IPayloadConverter PayloadConverter { get; init; } = DataConverter.Default.PayloadConverter;

    /// <summary>Its metrics; null for none.</summary>
    public MetricMeter? MetricMeter { get; init; }

    /// <summary>Its client; without one, asking for it fails.</summary>
    public ITemporalClient? TemporalClient { get; init; }

    /// <summary>Why it is cancelled.</summary>
    public ActivityCancelReason CancelReason
    {
        get => CancelRef.CancelReason;
        set => CancelRef.CancelReason = value;
    }

    /// <summary>Why it is cancelled, in full.</summary>
    public ActivityCancellationDetails? CancellationDetails
    {
        get => CancelRef.CancellationDetails;
        set => CancelRef.CancellationDetails = value;
    }

    /// <summary>Cancels it. <see cref="Cancel()" /> also says why.</summary>
    public CancellationTokenSource CancellationTokenSource { get; init; } = new();

    /// <summary>Makes it believe that its worker stops.</summary>
    public CancellationTokenSource WorkerShutdownTokenSource { get; init; } = new();

    /// <summary>Called with the details of each heartbeat.</summary>
    public Action<object?[]> Heartbeater { get; init; } = _ => { };

    internal ActivityCancelRef CancelRef { get; } = new();

    /// <summary>Runs an activity.</summary>
    public Task RunAsync(Action activity) => RunAsync(() =>
    {
        activity();
        return Task.CompletedTask;
    });

    /// <summary>Runs an activity and returns its result.</summary>
    public Task<T> RunAsync<T>(Func<T> activity) => RunAsync(() => Task.FromResult(activity()));

    /// <summary>Runs an activity.</summary>
    public Task RunAsync(Func<Task> activity) => RunAsync<ValueTuple>(async () =>
    {
        await activity().ConfigureAwait(false);
        return default;
    });

    /// <summary>Runs an activity and returns its result.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> activity)
    {
        // Set within an async method, so the caller's own context stays as it was.
        ActivityExecutionContext.AsyncLocalCurrent.Value = new(
            Info,
            ByteString.Empty,
            Logger,
            PayloadConverter,
            new(() => MetricMeter ?? MetricMeterNoop.Instance),
            TemporalClient,
            WorkerShutdownTokenSource.Token,
            CancellationTokenSource.Token)
        {
            Heartbeater = Heartbeater,
            CancelRef = CancelRef,
        };
        return await activity().ConfigureAwait(false);
    }

    /// <summary>Cancels it as its workflow would.</summary>
    public void Cancel() => Cancel(ActivityCancelReason.CancelRequested);

    /// <summary>Cancels it for a reason.</summary>
    public void Cancel(ActivityCancelReason reason) => Cancel(reason, new() { IsCancelRequested = true });

    /// <summary>Cancels it for a reason, in full. Does nothing if it is cancelled already.</summary>
    public void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (!CancellationTokenSource.IsCancellationRequested)
        {
            CancelReason = reason;
            CancellationDetails = details;
            CancellationTokenSource.Cancel();
        }
    }
}
