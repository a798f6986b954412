using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

internal sealed partial class ClientCalls
{
    public override async Task<WorkflowUpdateHandle<TResult>> StartWorkflowUpdateAsync<TResult>(StartWorkflowUpdateInput input)
    {
        var request = await CreateUpdateAsync(
            input.Update, input.Args, input.Options, input.Options.WaitForStage, ConverterFor(input.Id), input.Headers)
            .ConfigureAwait(false);
        request.WorkflowExecution = Execution(input.Id, input.RunId);
        request.FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty;
        UpdateWorkflowExecutionResponse response;
        do
        {
            try
            {
                response = await Service.UpdateWorkflowExecutionAsync(
                    request, TemporalClient.DefaultRetryOptions(input.Options.Rpc)).ConfigureAwait(false);
            }
            catch (Exception e) when (IsGivenUp(e))
            {
                throw new WorkflowUpdateRpcTimeoutOrCanceledException(e);
            }
        }
        while (response.Stage < UpdateWorkflowExecutionLifecycleStage.Accepted);

        var handle = new WorkflowUpdateHandle<TResult>(
            client, request.Request.Meta.UpdateId, input.Id, response.UpdateRef.WorkflowExecution.RunId)
        {
            KnownOutcome = response.Outcome,
        };
        await ReachAsync(handle, input.Options.WaitForStage, input.Options.Rpc).ConfigureAwait(false);
        return handle;
    }

    public override async Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input)
    {
        var start = input.Options.StartWorkflowOperation
            ?? throw new ArgumentException("Start workflow operation is required in options");
        if (!start.TryMarkUsed())
        {
            throw new ArgumentException("Start operation already used");
        }

        // Whatever goes wrong, whoever waits for the workflow's handle must hear of it too.
        try
        {
            return await UpdateWithStartAsync<TUpdateResult>(input, start).ConfigureAwait(false);
        }
        catch (Exception e) when (Meaning(e, start) is var meaning)
        {
            start.SetException(meaning);
            if (ReferenceEquals(meaning, e))
            {
                throw;
            }

            throw meaning;
        }
    }

    internal static bool IsGivenUp(Exception e) => e is OperationCanceledException
        or RpcException { Code: RpcException.StatusCode.DeadlineExceeded or RpcException.StatusCode.Cancelled };

    // A failure of the pair names the operation that failed; the other was merely aborted.
    private static Exception Meaning(Exception e, WithStartWorkflowOperation start)
    {
        if (e is RpcException { GrpcStatus.Value: { Details: [var detail] } } && detail.TryUnpack(out MultiOperationExecutionFailure both)
            && both.Statuses.FirstOrDefault(IsCause) is { } cause)
        {
            e = new RpcException(new GrpcStatus { Code = cause.Code, Message = cause.Message, Details = { cause.Details } });
        }

        if (IsGivenUp(e))
        {
            return new WorkflowUpdateRpcTimeoutOrCanceledException(e);
        }

        return e is RpcException rpc && AlreadyStarted(rpc, start.Options.Id ?? "<unknown>", start.Workflow) is { } alreadyStarted
            ? alreadyStarted
            : e;
    }

    private static bool IsCause(MultiOperationExecutionFailure.Types.OperationStatus status) =>
        status.Code != (int)RpcException.StatusCode.OK
        && !(status.Details.Count > 0 && status.Details[0].Is(MultiOperationExecutionAborted.Descriptor));

    private static async Task ReachAsync(WorkflowUpdateHandle handle, WorkflowUpdateStage stage, RpcOptions? rpc)
    {
        if (stage == WorkflowUpdateStage.Completed)
        {
            await handle.PollUntilOutcomeAsync(rpc).ConfigureAwait(false);
        }
    }

    private static void Check(WorkflowOptions start)
    {
        if (start.StartSignal is not null || start.StartSignalArgs is not null)
        {
            throw new ArgumentException("Cannot have start signal on update with start");
        }

        if (start.RequestEagerStart)
        {
            throw new ArgumentException("Cannot request eager start on update with start");
        }

        if (start.IdConflictPolicy == WorkflowIdConflictPolicy.Unspecified)
        {
            throw new ArgumentException("Workflow ID conflict policy required for update with start");
        }

        if (start.Rpc is not null)
        {
            throw new ArgumentException("Cannot set RPC options on start options, set them on the update options");
        }
    }

    private async Task<WorkflowUpdateHandle<TUpdateResult>> UpdateWithStartAsync<TUpdateResult>(
        StartUpdateWithStartWorkflowInput input, WithStartWorkflowOperation start)
    {
        var options = input.Options;
        var id = start.Options.Id ?? throw new ArgumentException("ID required to start workflow");
        Check(start.Options);
        var converter = ConverterFor(id);
        var startRequest = await CreateStartAsync(start.Workflow, start.Args, start.Options, converter, start.Headers)
            .ConfigureAwait(false);
        var updateRequest = await CreateUpdateAsync(
            input.Update, input.Args, options, options.WaitForStage, converter, input.Headers).ConfigureAwait(false);
        updateRequest.WorkflowExecution = Execution(id, null);
        var request = new ExecuteMultiOperationRequest
        {
            Namespace = Namespace,
            Operations =
            {
                new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = startRequest },
                new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = updateRequest },
            },
        };
        UpdateWorkflowExecutionResponse? updated;
        string runId;
        do
        {
            var response = await Service.ExecuteMultiOperationAsync(request, TemporalClient.DefaultRetryOptions(options.Rpc))
                .ConfigureAwait(false);
            runId = response.Responses[0].StartWorkflow.RunId;
            start.SetResult(client, id, runId);
            updated = response.Responses[1].UpdateWorkflow;
        }
        while (updated is null || updated.Stage < UpdateWorkflowExecutionLifecycleStage.Accepted);

        var handle = new WorkflowUpdateHandle<TUpdateResult>(client, updateRequest.Request.Meta.UpdateId, id, runId)
        {
            KnownOutcome = updated.Outcome,
        };
        await ReachAsync(handle, options.WaitForStage, options.Rpc).ConfigureAwait(false);
        return handle;
    }

    private async Task<UpdateWorkflowExecutionRequest> CreateUpdateAsync(
        string update,
        IReadOnlyCollection<object?> args,
        WorkflowUpdateOptions options,
        WorkflowUpdateStage waitForStage,
        DataConverter converter,
        IDictionary<string, Payload>? headers)
    {
        switch (waitForStage)
        {
            case WorkflowUpdateStage.None:
                throw new ArgumentException("WaitForStage is required to start workflow update");
            case WorkflowUpdateStage.Admitted:
                throw new ArgumentException("Admitted is not an allowed wait stage to start workflow update");
            default:
                return new()
                {
                    Namespace = Namespace,
                    WaitPolicy = new() { LifecycleStage = (UpdateWorkflowExecutionLifecycleStage)waitForStage },
                    Request = new()
                    {
                        Meta = new() { UpdateId = options.Id ?? Guid.NewGuid().ToString(), Identity = Identity },
                        Input = new()
                        {
                            Name = update,
                            Args = await EncodeAsync(converter, args).ConfigureAwait(false),
                            Header = await EncodeAsync(converter, headers).ConfigureAwait(false),
                        },
                    },
                };
        }
    }
}
