using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>The outbound calls that concern other workflows.</summary>
internal sealed partial class OutboundRoot
{
    public override Task CancelExternalWorkflowAsync(CancelExternalWorkflowInput input)
    {
        var seq = Pending.ExternalCancels.NextSeq();
        var source = Pending.ExternalCancels.Add(seq);
        workflow.Add(new WorkflowIntent.CancelExternal(seq, new()
        {
            Namespace = workflow.Info.Namespace,
            WorkflowId = input.Id,
            RunId = input.RunId ?? string.Empty,
        }));
        var converter = WorkflowConverter(input.Id);
        return workflow.Queue(async () =>
        {
            var failure = await source.Task.ConfigureAwait(true);
            Pending.ExternalCancels.Remove(seq);
            ThrowIfFailed(failure, converter);
        });
    }

    public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input)
    {
        var converter = WorkflowConverter(input.Id);
        return SignalAsync(
            new()
            {
                Namespace = workflow.Info.Namespace,
                Execution = new() { WorkflowId = input.Id },
                SignalName = input.Signal,
                Input = ToPayloads(converter.PayloadConverter, input.Args),
                Header = Wire.Header(input.Headers),
                ChildWorkflowOnly = true,
            },
            converter,
            input.Options?.CancellationToken);
    }

    public override Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input)
    {
        var converter = WorkflowConverter(input.Id);
        return SignalAsync(
            new()
            {
                Namespace = workflow.Info.Namespace,
                Execution = new() { WorkflowId = input.Id, RunId = input.RunId ?? string.Empty },
                SignalName = input.Signal,
                Input = ToPayloads(converter.PayloadConverter, input.Args),
                Header = Wire.Header(input.Headers),
            },
            converter,
            input.Options?.CancellationToken);
    }

    public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        StartChildWorkflowInput input)
    {
        var token = input.Options.CancellationToken ?? workflow.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException<ChildWorkflowHandle<TWorkflow, TResult>>(
                new CanceledFailureException("Child cancelled before scheduled"));
        }
        var id = input.Options.Id ?? Workflow.NewGuid().ToString();
        var converter = WorkflowConverter(id);
        var seq = Pending.ChildStarts.NextSeq();
        workflow.Add(new WorkflowIntent.StartChild(
            seq,
            ToAttributes(input, id, converter.PayloadConverter),
            input.Options.CancellationType,
            Wire.Metadata(input.Options.StaticSummary, input.Options.StaticDetails, converter.PayloadConverter)));
        var started = Pending.ChildStarts.Add(seq);
        var ended = Pending.ChildResults.Add(seq);
        var handleSource = new TaskCompletionSource<ChildWorkflowHandle<TWorkflow, TResult>>();
        _ = workflow.Queue(async () =>
        {
            try
            {
                using var registration = token.Register(() => CancelChild(seq));
                var start = await started.Task.ConfigureAwait(true);
                if (start is not ChildStartOutcome.Started { RunId: var runId })
                {
                    handleSource.SetException(ToException(start, converter));
                    return;
                }
                var handle = new ChildHandle<TWorkflow, TResult>(workflow, converter.PayloadConverter, id, runId);
                handleSource.SetResult(handle);
                var end = await ended.Task.ConfigureAwait(true);
                if (end.Failure == null)
                {
                    handle.Source.SetResult(end.Result);
                }
                else
                {
                    handle.Source.SetException(
                        converter.FailureConverter.ToException(end.Failure, converter.PayloadConverter));
                }
            }
            finally
            {
                Pending.ChildStarts.Remove(seq);
                Pending.ChildResults.Remove(seq);
            }
        });
        return handleSource.Task;
    }

    private static Exception ToException(ChildStartOutcome outcome, DataConverter converter) => outcome switch
    {
        ChildStartOutcome.Refused { Cause: StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists } refused =>
            new WorkflowAlreadyStartedException(
                "Child workflow already started", refused.WorkflowId, refused.WorkflowType, "<unknown>"),
        ChildStartOutcome.Refused refused =>
            new InvalidOperationException($"Unknown child start failed cause: {refused.Cause}"),
        ChildStartOutcome.Canceled canceled =>
            converter.FailureConverter.ToException(canceled.Failure, converter.PayloadConverter),
        _ => new InvalidOperationException("Unrecognized child start case"),
    };

    private StartChildWorkflowExecutionCommandAttributes ToAttributes(
        StartChildWorkflowInput input, string id, IPayloadConverter converter)
    {
        var options = input.Options;
        var taskQueue = options.TaskQueue ?? workflow.Info.TaskQueue;
        return new()
        {
            Namespace = workflow.Info.Namespace,
            WorkflowId = id,
            WorkflowType = new() { Name = input.Workflow },
            TaskQueue = new() { Name = taskQueue, Kind = TaskQueueKind.Normal },
            Input = ToPayloads(converter, input.Args),
            WorkflowExecutionTimeout = Wire.Duration(options.ExecutionTimeout),
            WorkflowRunTimeout = Wire.Duration(options.RunTimeout),
            WorkflowTaskTimeout = Wire.Duration(options.TaskTimeout),
            ParentClosePolicy = (Api.Enums.V1.ParentClosePolicy)(int)options.ParentClosePolicy,
            WorkflowIdReusePolicy = options.IdReusePolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? string.Empty,
            Header = Wire.Header(input.Headers),
            Memo = options.Memo is { } memo ? Wire.Memo(memo, converter) : null,
            SearchAttributes = options.TypedSearchAttributes?.ToProto(),
            InheritBuildId = taskQueue == workflow.Info.TaskQueue,
            Priority = options.Priority?.ToProto(),
        };
    }

    private void CancelChild(uint seq)
    {
        if (Pending.ChildStarts.Contains(seq))
        {
            workflow.Add(new WorkflowIntent.CancelChild(seq));
        }
    }

    private Task SignalAsync(
        SignalExternalWorkflowExecutionCommandAttributes attributes,
        DataConverter converter,
        CancellationToken? cancellationToken)
    {
        var seq = Pending.ExternalSignals.NextSeq();
        var token = cancellationToken ?? workflow.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException(new CanceledFailureException("Signal cancelled before scheduled"));
        }
        var source = Pending.ExternalSignals.Add(seq);
        workflow.Add(new WorkflowIntent.SignalExternal(seq, attributes));
        return workflow.Queue(async () =>
        {
            using var registration = token.Register(() =>
            {
                if (Pending.ExternalSignals.Contains(seq))
                {
                    workflow.Add(new WorkflowIntent.CancelSignal(seq));
                }
            });
            var failure = await source.Task.ConfigureAwait(true);
            Pending.ExternalSignals.Remove(seq);
            ThrowIfFailed(failure, converter);
        });
    }

    private static void ThrowIfFailed(Failure? failure, DataConverter converter)
    {
        if (failure != null)
        {
            throw converter.FailureConverter.ToException(failure, converter.PayloadConverter);
        }
    }

    private DataConverter WorkflowConverter(string workflowId) => workflow.Details.DataConverter.WithSerializationContext(
        new ISerializationContext.Workflow(workflow.Info.Namespace, workflowId));
}
