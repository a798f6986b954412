using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input)
    {
        var options = input.Options;
        var id = options.Id ?? throw new ArgumentException("ID required to start workflow");
        if (options.StartSignal is null && options.StartSignalArgs is not null)
        {
            throw new ArgumentException("Cannot have start signal args without start signal");
        }

        var converter = ConverterFor(id);
        var start = await CreateStartAsync(input.Workflow, input.Args, options, converter, input.Headers).ConfigureAwait(false);
        var rpc = TemporalClient.DefaultRetryOptions(options.Rpc);
        try
        {
            if (options.StartSignal is { } signal)
            {
                var request = CreateSignalWithStart(
                    start, signal, await EncodeAsync(converter, options.StartSignalArgs).ConfigureAwait(false));
                var signaled = await Service.SignalWithStartWorkflowExecutionAsync(request, rpc).ConfigureAwait(false);

                // The workflow may have been running, so this need not be its chain's first run.
                return new(client, id, ResultRunId: signaled.RunId);
            }

            using var eager = options.RequestEagerStart ? ReserveEager(start.TaskQueue.Name) : null;
            start.RequestEagerExecution = eager is not null;
            var started = await Service.StartWorkflowExecutionAsync(start, rpc).ConfigureAwait(false);
            if (started.EagerWorkflowTask is { TaskToken.IsEmpty: false } first)
            {
                eager?.Take(first);
            }

            return new(client, id, ResultRunId: started.RunId, FirstExecutionRunId: started.RunId);
        }
        catch (RpcException e) when (AlreadyStarted(e, id, input.Workflow) is { } alreadyStarted)
        {
            throw alreadyStarted;
        }
    }

    private EagerWorkflowStarts.IReservation? ReserveEager(string taskQueue) =>
        client.Connection is TemporalConnection { SystemInfo.Capabilities.EagerWorkflowStart: true } connection
            ? connection.EagerStarts.TryReserve(Namespace, taskQueue)
            : null;

    private static WorkflowAlreadyStartedException? AlreadyStarted(RpcException e, string id, string workflow) =>
        e.Code == RpcException.StatusCode.AlreadyExists
        && e.GrpcStatus.Value is { Details: [var detail] }
        && detail.TryUnpack(out WorkflowExecutionAlreadyStartedFailure failure)
            ? new(e.Message, id, workflow, failure.RunId)
            : null;

    private static SignalWithStartWorkflowExecutionRequest CreateSignalWithStart(
        StartWorkflowExecutionRequest start, string signal, Payloads? signalInput) => new()
        {
            Namespace = start.Namespace,
            WorkflowId = start.WorkflowId,
            WorkflowType = start.WorkflowType,
            TaskQueue = start.TaskQueue,
            Input = start.Input,
            WorkflowExecutionTimeout = start.WorkflowExecutionTimeout,
            WorkflowRunTimeout = start.WorkflowRunTimeout,
            WorkflowTaskTimeout = start.WorkflowTaskTimeout,
            Identity = start.Identity,
            RequestId = start.RequestId,
            WorkflowIdReusePolicy = start.WorkflowIdReusePolicy,
            WorkflowIdConflictPolicy = start.WorkflowIdConflictPolicy,
            SignalName = signal,
            SignalInput = signalInput,
            RetryPolicy = start.RetryPolicy,
            CronSchedule = start.CronSchedule,
            Memo = start.Memo,
            SearchAttributes = start.SearchAttributes,
            Header = start.Header,
            WorkflowStartDelay = start.WorkflowStartDelay,
            UserMetadata = start.UserMetadata,
            Priority = start.Priority,
            VersioningOverride = start.VersioningOverride,
        };

    private static Duration? ToProto(TimeSpan? duration) => duration is { } given ? Duration.FromTimeSpan(given) : null;

    private static async Task<Memo?> EncodeMemoAsync(DataConverter converter, IReadOnlyDictionary<string, object>? values)
    {
        if (values is not { Count: > 0 })
        {
            return null;
        }

        var memo = new Memo();
        foreach (var (key, value) in values)
        {
            memo.Fields[key] = await converter.ToPayloadAsync(
                value ?? throw new ArgumentException($"Memo value for {key} is null")).ConfigureAwait(false);
        }

        return memo;
    }

    private async Task<StartWorkflowExecutionRequest> CreateStartAsync(
        string workflow,
        IReadOnlyCollection<object?> args,
        WorkflowOptions options,
        DataConverter converter,
        IDictionary<string, Payload>? headers) => new()
        {
            Namespace = Namespace,
            WorkflowId = options.Id,
            WorkflowType = new() { Name = workflow },
            TaskQueue = new() { Name = options.TaskQueue ?? throw new ArgumentException("Task queue required to start workflow") },
            Input = await EncodeAsync(converter, args).ConfigureAwait(false),
            WorkflowExecutionTimeout = ToProto(options.ExecutionTimeout),
            WorkflowRunTimeout = ToProto(options.RunTimeout),
            WorkflowTaskTimeout = ToProto(options.TaskTimeout),
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            WorkflowIdReusePolicy = options.IdReusePolicy,
            WorkflowIdConflictPolicy = options.IdConflictPolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? string.Empty,
            Memo = await EncodeMemoAsync(converter, options.Memo).ConfigureAwait(false),
            SearchAttributes = options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            Header = await EncodeAsync(converter, headers).ConfigureAwait(false),
            WorkflowStartDelay = ToProto(options.StartDelay),
            UserMetadata = await converter.ToUserMetadataAsync(options.StaticSummary, options.StaticDetails).ConfigureAwait(false),
            Priority = options.Priority?.ToProto(),
            VersioningOverride = options.VersioningOverride?.ToProto(),
        };
}
