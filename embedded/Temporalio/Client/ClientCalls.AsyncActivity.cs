using Google.Protobuf;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task HeartbeatAsyncActivityAsync(HeartbeatAsyncActivityInput input)
    {
        var details = await EncodeAsync(ConverterFor(input.DataConverterOverride), input.Options?.Details).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        bool isToStop;
        if (input.Activity is AsyncActivityHandle.IdReference ids)
        {
            var response = await Service.RecordActivityTaskHeartbeatByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    Identity = Identity,
                    WorkflowId = ids.WorkflowId,
                    RunId = ids.RunId ?? string.Empty,
                    ActivityId = ids.ActivityId,
                    Details = details,
                },
                rpc).ConfigureAwait(false);
            isToStop = response.CancelRequested;
        }
        else
        {
            var response = await Service.RecordActivityTaskHeartbeatAsync(
                new() { Namespace = Namespace, Identity = Identity, TaskToken = TokenOf(input.Activity), Details = details }, rpc)
                .ConfigureAwait(false);
            isToStop = response.CancelRequested;
        }

        if (isToStop)
        {
            throw new AsyncActivityCanceledException();
        }
    }

    public override async Task CompleteAsyncActivityAsync(CompleteAsyncActivityInput input)
    {
        var result = await EncodeAsync(ConverterFor(input.DataConverterOverride), [input.Result]).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        await (input.Activity is AsyncActivityHandle.IdReference ids
            ? Service.RespondActivityTaskCompletedByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    Identity = Identity,
                    WorkflowId = ids.WorkflowId,
                    RunId = ids.RunId ?? string.Empty,
                    ActivityId = ids.ActivityId,
                    Result = result,
                },
                rpc)
            : (Task)Service.RespondActivityTaskCompletedAsync(
                new() { Namespace = Namespace, Identity = Identity, TaskToken = TokenOf(input.Activity), Result = result },
                rpc)).ConfigureAwait(false);
    }

    public override async Task FailAsyncActivityAsync(FailAsyncActivityInput input)
    {
        var converter = ConverterFor(input.DataConverterOverride);
        var failure = await converter.ToFailureAsync(input.Exception).ConfigureAwait(false);
        var details = await EncodeAsync(converter, input.Options?.LastHeartbeatDetails).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        await (input.Activity is AsyncActivityHandle.IdReference ids
            ? Service.RespondActivityTaskFailedByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    Identity = Identity,
                    WorkflowId = ids.WorkflowId,
                    RunId = ids.RunId ?? string.Empty,
                    ActivityId = ids.ActivityId,
                    Failure = failure,
                    LastHeartbeatDetails = details,
                },
                rpc)
            : (Task)Service.RespondActivityTaskFailedAsync(
                new()
                {
                    Namespace = Namespace,
                    Identity = Identity,
                    TaskToken = TokenOf(input.Activity),
                    Failure = failure,
                    LastHeartbeatDetails = details,
                },
                rpc)).ConfigureAwait(false);
    }

    public override async Task ReportCancellationAsyncActivityAsync(ReportCancellationAsyncActivityInput input)
    {
        var details = await EncodeAsync(ConverterFor(input.DataConverterOverride), input.Options?.Details).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(input.Options?.Rpc);
        await (input.Activity is AsyncActivityHandle.IdReference ids
            ? Service.RespondActivityTaskCanceledByIdAsync(
                new()
                {
                    Namespace = Namespace,
                    Identity = Identity,
                    WorkflowId = ids.WorkflowId,
                    RunId = ids.RunId ?? string.Empty,
                    ActivityId = ids.ActivityId,
                    Details = details,
                },
                rpc)
            : (Task)Service.RespondActivityTaskCanceledAsync(
                new() { Namespace = Namespace, Identity = Identity, TaskToken = TokenOf(input.Activity), Details = details },
                rpc)).ConfigureAwait(false);
    }

    private static ByteString TokenOf(AsyncActivityHandle.Reference activity) =>
        activity is AsyncActivityHandle.TaskTokenReference reference
            ? ByteString.CopyFrom(reference.TaskToken)
            : throw new ArgumentException("Unrecognized activity reference type");

    private DataConverter ConverterFor(DataConverter? given) =>
        given is null ? client.Options.DataConverter : TransferTypePayloadConverter.Around(given);
}
