using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Machines;
using Temporalio.Worker.Telemetry;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Runs local activities in this process, with short retries; a longer back-off is handed back to the workflow, which
/// waits with a durable timer.
/// </summary>
internal sealed class LocalActivityRunner(
    WorkerLink link, TaskFactory factory, ActivityEnvironmentParts parts, WorkerSlots slots, Func<CancellationToken> shutdown)
    : ILocalActivityRunner, IDisposable
{
    private static readonly TimeSpan DefaultRetryThreshold = TimeSpan.FromMinutes(1);

    private readonly ActivityMetrics metrics = new(link.Meter);
    private readonly SlotInAdvance slot = new(slots);

    /// <summary>The worker runs: local activities may come.</summary>
    internal void Begin() => slot.Reserve();

    public void Dispose()
    {
        slot.Dispose();
        slots.Dispose();
    }

    public async Task<LocalActivityResult> RunAsync(
        LocalActivityMachine machine, LocalActivityWorkflow workflow, CancellationToken cancellationToken)
    {
        var result = await TryAsync(machine, workflow, cancellationToken).ConfigureAwait(false);
        metrics.LocalEnded(machine.Intent.ActivityType, workflow.WorkflowType, result);
        return result;
    }

    private async Task<LocalActivityResult> TryAsync(
        LocalActivityMachine machine, LocalActivityWorkflow workflow, CancellationToken cancellationToken)
    {
        var intent = machine.Intent;
        var options = intent.Options;
        var begun = DateTime.UtcNow;
        var scheduled = intent.OriginalScheduleTime ?? begun;
        for (var attempt = intent.Attempt; ; attempt++)
        {
            Failure failure;
            try
            {
                using var taken = await slot.TakeAsync(cancellationToken).ConfigureAwait(false);
                taken.MarkUsed(new SlotInfo.LocalActivitySlotInfo(intent.ActivityType));
                if (options.ScheduleToStartTimeout < DateTime.UtcNow - begun)
                {
                    return Failed(TimedOut(TimeoutType.ScheduleToStart));
                }
                var (outcome, timeout) = await AttemptAsync(machine, workflow, attempt, scheduled, cancellationToken)
                    .ConfigureAwait(false);
                if (timeout == TimeoutType.ScheduleToClose)
                {
                    return Failed(TimedOut(TimeoutType.ScheduleToClose));
                }
                if (timeout == TimeoutType.StartToClose)
                {
                    failure = TimedOut(TimeoutType.StartToClose);
                }
                else if (outcome is AttemptOutcome.Failed failed)
                {
                    failure = failed.Failure;
                }
                else
                {
                    return outcome is AttemptOutcome.Completed completed
                        ? new(completed.Result, null, DateTime.UtcNow - begun, attempt, null)
                        : LocalActivityResult.Canceled(attempt) with { Elapsed = DateTime.UtcNow - begun };
                }
            }
            catch (OperationCanceledException)
            {
                return LocalActivityResult.Canceled(attempt) with { Elapsed = DateTime.UtcNow - begun };
            }
            catch (Exception e)
            {
                // A user's converter or task scheduler. The workflow waits for an outcome.
                failure = AttemptOutcome.Failed.Of(e).Failure;
            }

            if (LocalRetries.DelayAfter(options.RetryPolicy, attempt, failure) is not { } delay)
            {
                return Failed(failure);
            }
            if (delay > (options.LocalRetryThreshold ?? DefaultRetryThreshold))
            {
                return Failed(failure) with { BackOff = delay };
            }
            if (DateTime.UtcNow + delay > scheduled + options.ScheduleToCloseTimeout)
            {
                return Failed(failure);
            }
            await Task.Delay(delay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            LocalActivityResult Failed(Failure why) => new(null, why, DateTime.UtcNow - begun, attempt, null);
        }
    }

    private static Failure TimedOut(TimeoutType type) => new()
    {
        Message = "Activity timed out",
        TimeoutFailureInfo = new() { TimeoutType = type },
    };

    private async Task<(AttemptOutcome Outcome, TimeoutType? Timeout)> AttemptAsync(
        LocalActivityMachine machine,
        LocalActivityWorkflow workflow,
        int attempt,
        DateTime scheduled,
        CancellationToken cancellationToken)
    {
        var options = machine.Intent.Options;
        var untilClose = scheduled + options.ScheduleToCloseTimeout - DateTime.UtcNow;
        if (untilClose <= TimeSpan.Zero)
        {
            return (new AttemptOutcome.NotWanted(), TimeoutType.ScheduleToClose);
        }
        var isCloseSooner = untilClose < (options.StartToCloseTimeout ?? TimeSpan.MaxValue);
        var limit = isCloseSooner ? untilClose : options.StartToCloseTimeout;

        var info = InfoOf(machine, workflow, attempt, scheduled);
        var logger = parts.LoggerFactory.CreateLogger($"Temporalio.Activity:{info.ActivityType}");
        var cancellation = new ActivityCancellation(logger);
        await using var registration =
            cancellationToken.Register(() => cancellation.Request(ActivityCancelReason.CancelRequested));
        using var scope = logger.BeginScope(info.LoggerScope);
        var context = parts.ContextOf(info, Google.Protobuf.ByteString.Empty, logger, cancellation, shutdown());
        var run = new ActivityAttempt(parts.Types, parts.Interceptors, context, cancellation, heartbeats: null);
        var headers = machine.Intent.Headers.ToDictionary();
        var running = factory.StartNew(() => run.RunAsync(machine.Intent.Arguments, headers)).Unwrap();
        try
        {
            return (await (limit is { } longest ? running.WaitAsync(longest, CancellationToken.None) : running)
                .ConfigureAwait(false), null);
        }
        catch (TimeoutException)
        {
            // It is told to stop, but not waited for: the workflow must go on.
            cancellation.Request(ActivityCancelReason.Timeout);
            return (new AttemptOutcome.NotWanted(), isCloseSooner ? TimeoutType.ScheduleToClose : TimeoutType.StartToClose);
        }
    }

    private ActivityInfo InfoOf(
        LocalActivityMachine machine, LocalActivityWorkflow workflow, int attempt, DateTime scheduled)
    {
        var intent = machine.Intent;
        var converter = parts.Client.Options.DataConverter.WithSerializationContext(new ISerializationContext.Activity(
            link.Namespace, intent.ActivityId, workflow.WorkflowId, workflow.WorkflowType, intent.ActivityType, link.TaskQueue, IsLocal: true));
        return new(
            ActivityId: intent.ActivityId,
            ActivityType: intent.ActivityType,
            Attempt: attempt,
            CurrentAttemptScheduledTime: DateTime.UtcNow,
            DataConverter: converter,
            HeartbeatDetails: [],
            HeartbeatTimeout: null,
            IsLocal: true,
            Namespace: link.Namespace,
            Priority: Priority.Default,
            RetryPolicy: intent.Options.RetryPolicy,
            ScheduleToCloseTimeout: intent.Options.ScheduleToCloseTimeout,
            ScheduledTime: scheduled,
            StartToCloseTimeout: intent.Options.StartToCloseTimeout ?? intent.Options.ScheduleToCloseTimeout,
            StartedTime: DateTime.UtcNow,
            TaskQueue: link.TaskQueue,
            TaskToken: [],
            WorkflowId: workflow.WorkflowId,
            WorkflowNamespace: link.Namespace,
            WorkflowRunId: workflow.RunId,
            WorkflowType: workflow.WorkflowType);
    }
}

/// <summary>When a failed local activity is tried again, as the server decides for others.</summary>
internal static class LocalRetries
{
    /// <summary>The delay before the next attempt, or null if there is none.</summary>
    internal static TimeSpan? DelayAfter(RetryPolicy? policy, int attempt, Failure failure)
    {
        policy ??= new();
        var application = failure.ApplicationFailureInfo;
        if ((policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts) || application?.NonRetryable == true)
        {
            return null;
        }
        var type = application?.Type ?? string.Empty;
        if (policy.NonRetryableErrorTypes?.Contains(type, StringComparer.OrdinalIgnoreCase) == true)
        {
            return null;
        }
        if (application?.NextRetryDelay is { } wanted)
        {
            return wanted.ToTimeSpan();
        }
        var longest = policy.MaximumInterval ?? policy.InitialInterval * 100;
        var factor = Math.Pow(Math.Max(1, policy.BackoffCoefficient), attempt - 1);
        return factor * policy.InitialInterval.TotalMilliseconds < longest.TotalMilliseconds
            ? policy.InitialInterval * factor
            : longest;
    }
}
