using System.Globalization;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>The end of the outbound interceptor chain: turns calls into intents and waits for what comes of them.</summary>
internal sealed partial class OutboundRoot(WorkflowInstance workflow) : WorkflowOutboundInterceptor
{
    private PendingCalls Pending => workflow.Pending;

    public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) =>
        new(input);

    public override Task DelayAsync(DelayAsyncInput input)
    {
        var token = input.CancellationToken ?? workflow.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }
        var isInfinite = input.Delay == Timeout.InfiniteTimeSpan;
        if (input.Delay < TimeSpan.Zero && !isInfinite)
        {
            throw new ArgumentException("Delay duration cannot be less than 0", nameof(input));
        }

        // An infinite delay needs no timer and takes no number.
        var seq = isInfinite ? 0 : Pending.Timers.NextSeq();
        var source = isInfinite ? new() : Pending.Timers.Add(seq);
        if (!isInfinite)
        {
            var delay = input.Delay == TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : input.Delay;
            workflow.Add(new WorkflowIntent.StartTimer(
                seq, delay, Wire.Metadata(input.Summary, null, workflow.PayloadConverter)));
        }
        return workflow.Queue(async () =>
        {
            using var registration = token.Register(() =>
            {
                if (source.TrySetCanceled(token) && Pending.Timers.Remove(seq))
                {
                    workflow.Add(new WorkflowIntent.CancelTimer(seq));
                }
            });
            await source.Task.ConfigureAwait(true);
        });
    }

    public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
    {
        var options = input.Options;
        RequireCloseTimeout(options.StartToCloseTimeout, options.ScheduleToCloseTimeout);
        var taskQueue = options.TaskQueue ?? workflow.Info.TaskQueue;
        var converter = ActivityConverter(options.ActivityId, input.Activity, taskQueue, isLocal: false);
        return RunActivityAsync<TResult>(
            isLocal: false,
            converter,
            options.CancellationToken,
            (seq, _) => workflow.Add(new WorkflowIntent.ScheduleActivity(
                seq,
                new()
                {
                    ActivityId = options.ActivityId ?? seq.ToString(CultureInfo.InvariantCulture),
                    ActivityType = new() { Name = input.Activity },
                    TaskQueue = new() { Name = taskQueue, Kind = TaskQueueKind.Normal },
                    Header = Wire.Header(input.Headers),
                    Input = ToPayloads(converter.PayloadConverter, input.Args),
                    ScheduleToCloseTimeout = Wire.Duration(options.ScheduleToCloseTimeout),
                    ScheduleToStartTimeout = Wire.Duration(options.ScheduleToStartTimeout),
                    StartToCloseTimeout = Wire.Duration(options.StartToCloseTimeout),
                    HeartbeatTimeout = Wire.Duration(options.HeartbeatTimeout),
                    RetryPolicy = options.RetryPolicy?.ToProto(),
                    RequestEagerExecution =
                        !workflow.Details.DisableEagerActivities && !options.DisableEagerActivityExecution,
                    UseWorkflowBuildId = taskQueue == workflow.Info.TaskQueue,
                    Priority = options.Priority?.ToProto(),
                },
                options.CancellationType,
                Wire.Metadata(options.Summary, null, converter.PayloadConverter))));
    }

    public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input)
    {
        var options = input.Options;
        RequireCloseTimeout(options.StartToCloseTimeout, options.ScheduleToCloseTimeout);
        workflow.Details.AssertLocalActivity(input.Activity);
        var converter = ActivityConverter(options.ActivityId, input.Activity, workflow.Info.TaskQueue, isLocal: true);
        return RunActivityAsync<TResult>(
            isLocal: true,
            converter,
            options.CancellationToken,
            (seq, again) => workflow.Add(new WorkflowIntent.ScheduleLocalActivity(
                seq,
                options.ActivityId ?? seq.ToString(CultureInfo.InvariantCulture),
                input.Activity,
                [.. converter.PayloadConverter.ToPayloads(input.Args)],
                input.Headers?.ToDictionary() ?? [],
                options,
                again?.Attempt ?? 1,
                again?.OriginalScheduleTime,
                Wire.Metadata(options.Summary, null, converter.PayloadConverter))));
    }

    private static void RequireCloseTimeout(TimeSpan? startToClose, TimeSpan? scheduleToClose)
    {
        if (startToClose == null && scheduleToClose == null)
        {
            throw new ArgumentException("Activity options must have StartToCloseTimeout or ScheduleToCloseTimeout");
        }
    }

    private static Payloads ToPayloads(IPayloadConverter converter, IReadOnlyCollection<object?> args) =>
        new() { Payloads_ = { converter.ToPayloads(args) } };

    private DataConverter ActivityConverter(string? activityId, string activity, string taskQueue, bool isLocal) =>
        workflow.Details.DataConverter.WithSerializationContext(new ISerializationContext.Activity(
            Namespace: workflow.Info.Namespace,
            ActivityId: activityId,
            WorkflowId: workflow.Info.WorkflowId,
            WorkflowType: workflow.Info.WorkflowType,
            ActivityType: activity,
            ActivityTaskQueue: taskQueue,
            IsLocal: isLocal));

    private Task<TResult> RunActivityAsync<TResult>(
        bool isLocal,
        DataConverter converter,
        CancellationToken? cancellationToken,
        Action<uint, ActivityOutcome.BackOff?> schedule)
    {
        var token = cancellationToken ?? workflow.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException<TResult>(new CanceledFailureException("Activity cancelled before scheduled"));
        }
        var seq = Pending.Activities.NextSeq();
        schedule(seq, null);
        var source = Pending.Activities.Add(seq);
        return workflow.Queue(async () =>
        {
            while (true)
            {
                ActivityOutcome outcome;
                using (token.Register(() => CancelActivity(seq, isLocal)))
                {
                    outcome = await source.Task.ConfigureAwait(true);
                }
                Pending.Activities.Remove(seq);
                switch (outcome)
                {
                    case ActivityOutcome.Completed completed:
                        return ToResult<TResult>(converter.PayloadConverter, completed.Result);
                    case ActivityOutcome.Failed failed:
                        throw converter.FailureConverter.ToException(failed.Failure, converter.PayloadConverter);
                    case ActivityOutcome.BackOff again:
                        await workflow.DelayWithOptionsAsync(
                            new(again.Delay, "LocalActivityBackoff", token)).ConfigureAwait(true);
                        seq = Pending.Activities.NextSeq();
                        schedule(seq, again);
                        source = Pending.Activities.Add(seq);
                        break;
                }
            }
        });
    }

    private void CancelActivity(uint seq, bool isLocal)
    {
        if (Pending.Activities.Contains(seq))
        {
            workflow.Add(isLocal ? new WorkflowIntent.CancelLocalActivity(seq) : new WorkflowIntent.CancelActivity(seq));
        }
    }

    private static TResult ToResult<TResult>(IPayloadConverter converter, Payload? result) =>
        typeof(TResult) == typeof(ValueTuple) || result == null ? default! : converter.ToValue<TResult>(result);
}
