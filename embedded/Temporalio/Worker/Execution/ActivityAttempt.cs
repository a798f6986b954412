using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Execution;

/// <summary>One attempt of an activity, remote or local: decodes, calls through the interceptors, encodes what came of it.</summary>
internal sealed class ActivityAttempt(
    ActivityTypes types,
    IReadOnlyCollection<IWorkerInterceptor> interceptors,
    ActivityExecutionContext context,
    ActivityCancellation cancellation,
    ActivityHeartbeats? heartbeats)
{
    private DataConverter Converter => context.Info.DataConverter;

    /// <summary>Runs it. Never throws.</summary>
    internal async Task<AttemptOutcome> RunAsync(IReadOnlyList<Payload> input, IDictionary<string, Payload> headers)
    {
        ActivityExecutionContext.AsyncLocalCurrent.Value = context;
        AttemptOutcome outcome;
        try
        {
            outcome = await CallAsync(input, headers).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            outcome = await FailureOfAsync(e).ConfigureAwait(false);
        }
        cancellation.Finish();
        if (heartbeats != null)
        {
            await heartbeats.StopAsync().ConfigureAwait(false);
        }
        ActivityExecutionContext.AsyncLocalCurrent.Value = null;
        return outcome;
    }

    private async Task<AttemptOutcome> CallAsync(IReadOnlyList<Payload> input, IDictionary<string, Payload> headers)
    {
        var type = context.Info.ActivityType;
        var definition = types.Find(type) ??
            throw new ApplicationFailureException(types.NotFoundMessage(type), errorType: "NotFoundError");
        var args = await DecodeAsync(definition, input).ConfigureAwait(false);
        var decodedHeaders = new Dictionary<string, Payload>();
        foreach (var (key, value) in headers)
        {
            decodedHeaders[key] = Converter.PayloadCodec is { } codec
                ? (await codec.DecodeAsync([value]).ConfigureAwait(false)).Single()
                : value;
        }
        var inbound = interceptors.Reverse().Aggregate(
            (ActivityInboundInterceptor)new InboundEnd(), (next, interceptor) => interceptor.InterceptActivity(next));
        inbound.Init(new OutboundEnd(heartbeats));
        var result = await inbound.ExecuteActivityAsync(new(definition, args, decodedHeaders)).ConfigureAwait(false);
        return new AttemptOutcome.Completed(
            await Converter.ToPayloadAsync(result is ValueTuple ? null : result).ConfigureAwait(false));
    }

    private async Task<object?[]> DecodeAsync(ActivityDefinition definition, IReadOnlyList<Payload> input)
    {
        try
        {
            if (definition.Dynamic)
            {
                return [await Task.WhenAll(input.Select(p => Converter.ToValueAsync<IRawValue>(p))).ConfigureAwait(false)];
            }
            if (input.Count < definition.RequiredParameterCount)
            {
                throw new ApplicationFailureException(
                    $"Activity {context.Info.ActivityType} given {input.Count} parameter(s), " +
                    "but more than that are required by the signature");
            }
            return await Task.WhenAll(input.Zip(
                definition.ParameterTypes,
                (payload, type) => Converter.ToValueAsync(payload, type))).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new ApplicationFailureException("Failed decoding parameters", e);
        }
    }

    private async Task<AttemptOutcome> FailureOfAsync(Exception e)
    {
        try
        {
            switch (e)
            {
                case CompleteAsyncException:
                    return new AttemptOutcome.CompletedElsewhere();
                case OperationCanceledException when heartbeats?.Failure is { } failure:
                    return await FailedAsync(failure).ConfigureAwait(false);
                case OperationCanceledException when cancellation.IsRequested:
                    return await CanceledAsync(e).ConfigureAwait(false);
            }
            var isBenign = e is ApplicationFailureException { Category: ApplicationErrorCategory.Benign };
            context.Logger.Log(
                isBenign ? LogLevel.Debug : LogLevel.Warning,
                e,
                "Completing activity {ActivityType} as failed",
                context.Info.ActivityType);
            return await FailedAsync(e).ConfigureAwait(false);
        }
        catch (Exception conversion)
        {
            return AttemptOutcome.Failed.Of(conversion);
        }
    }

    private async Task<AttemptOutcome> CanceledAsync(Exception e)
    {
        var reason = cancellation.Ref.CancelReason;
        context.Logger.LogDebug(
            "Completing activity {ActivityType} as cancelled, reason: {Reason}", context.Info.ActivityType, reason);
        return reason switch
        {
            ActivityCancelReason.Paused =>
                await FailedAsync(new ApplicationFailureException("Activity paused", e, "ActivityPause")).ConfigureAwait(false),
            ActivityCancelReason.Reset =>
                await FailedAsync(new ApplicationFailureException("Activity reset", e, "ActivityReset")).ConfigureAwait(false),

            // A failure, so that another worker takes it up; a cancellation would be for good.
            ActivityCancelReason.WorkerShutdown => await FailedAsync(new ApplicationFailureException(
                "Worker is shutting down and this activity did not complete in time", errorType: "WorkerShutdown")).ConfigureAwait(false),
            ActivityCancelReason.GoneFromServer or ActivityCancelReason.Timeout => new AttemptOutcome.NotWanted(),
            _ => new AttemptOutcome.Canceled(
                await Converter.ToFailureAsync(new CanceledFailureException("Cancelled")).ConfigureAwait(false)),
        };
    }

    private async Task<AttemptOutcome> FailedAsync(Exception e) =>
        new AttemptOutcome.Failed(await Converter.ToFailureAsync(e).ConfigureAwait(false));

    private sealed class InboundEnd : ActivityInboundInterceptor
    {
        public override void Init(ActivityOutboundInterceptor outbound) =>
            ActivityExecutionContext.Current.Heartbeater = details => outbound.Heartbeat(new(details));

        public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) =>
            input.Activity.InvokeAsync(input.Args);
    }

    private sealed class OutboundEnd(ActivityHeartbeats? heartbeats) : ActivityOutboundInterceptor
    {
        public override void Heartbeat(HeartbeatInput input) => heartbeats?.Record(input.Details);
    }
}
