using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Worker.Machines;

/// <summary>A child workflow: its start and its end, either of which may fail.</summary>
internal sealed class ChildWorkflowMachine : CommandMachine
{
    private readonly WorkflowIntent.StartChild intent;
    private State state = State.StartIssued;
    private string runId = string.Empty;
    private long initiatedEventId;
    private long startedEventId;

    internal ChildWorkflowMachine(IMachineHost host, WorkflowIntent.StartChild intent)
        : base(host)
    {
        this.intent = intent;
        host.Issue(this, new()
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = intent.Attributes,
            UserMetadata = intent.Metadata,
        });
    }

    private enum State
    {
        StartIssued,
        Initiated,
        Started,
        Withdrawn,

        /// <summary>The workflow knows the outcome; whatever comes is ignored.</summary>
        Ended,
    }

    internal override bool IsWithdrawn => state == State.Withdrawn;

    private string Id => intent.Attributes.WorkflowId;

    private string Type => intent.Attributes.WorkflowType.Name;

    internal override string DescribeCommand() => $"StartChildWorkflowExecution (workflow {Type} with id {Id})";

    internal void Cancel()
    {
        switch (state)
        {
            case State.StartIssued:
                state = State.Withdrawn;
                ResolveStart(new ChildStartOutcome.Canceled(
                    Wrap("Child Workflow Execution cancelled before scheduled", CanceledCause(), RetryState.NonRetryableFailure)));
                break;
            case State.Initiated or State.Started:
                if (intent.CancellationType != ChildWorkflowCancellationType.Abandon)
                {
                    RequestCancel();
                }
                if (intent.CancellationType is
                    ChildWorkflowCancellationType.Abandon or ChildWorkflowCancellationType.TryCancel)
                {
                    ReportCanceledAtOnce();
                }
                break;
        }
    }

    internal override void OnCommandEvent(HistoryEvent e)
    {
        if (state != State.StartIssued || e.StartChildWorkflowExecutionInitiatedEventAttributes is not { } initiated)
        {
            throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
        if (Host.Flags.Applies(SdkFlags.IdAndTypeChecks, Host.IsReplaying))
        {
            RequireSame(e, "workflow id", initiated.WorkflowId, Id);
            RequireSame(e, "workflow type", initiated.WorkflowType?.Name, Type);
        }
        initiatedEventId = e.EventId;
        state = State.Initiated;
    }

    internal override void OnEvent(HistoryEvent e)
    {
        if (state == State.Ended)
        {
            return;
        }
        switch (e.AttributesCase)
        {
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionStartedEventAttributes:
                state = State.Started;
                startedEventId = e.EventId;
                runId = e.ChildWorkflowExecutionStartedEventAttributes.WorkflowExecution.RunId;
                ResolveStart(new ChildStartOutcome.Started(runId));
                break;
            case HistoryEvent.AttributesOneofCase.StartChildWorkflowExecutionFailedEventAttributes:
                state = State.Ended;
                ResolveStart(new ChildStartOutcome.Refused(
                    Id, Type, e.StartChildWorkflowExecutionFailedEventAttributes.Cause));
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionCompletedEventAttributes:
                End(e.ChildWorkflowExecutionCompletedEventAttributes.Result?.Payloads_.FirstOrDefault(), null);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionFailedEventAttributes:
                var failed = e.ChildWorkflowExecutionFailedEventAttributes;
                End(null, Wrap("Child Workflow execution failed", failed.Failure, failed.RetryState));
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionTimedOutEventAttributes:
                var timeout = new Failure
                {
                    Message = "Timed out",
                    TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose },
                };
                End(null, Wrap(
                    "Child Workflow execution timed out", timeout, e.ChildWorkflowExecutionTimedOutEventAttributes.RetryState));
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionTerminatedEventAttributes:
                var terminated = new Failure { Message = "Terminated", TerminatedFailureInfo = new() };
                End(null, Wrap("Child Workflow execution terminated", terminated, RetryState.NonRetryableFailure));
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionCanceledEventAttributes:
                End(null, CanceledFailure());
                break;
            default:
                throw Nondeterminism.Mismatch(DescribeCommand(), e);
        }
    }

    private void ReportCanceledAtOnce()
    {
        if (state == State.Initiated)
        {
            ResolveStart(new ChildStartOutcome.Canceled(CanceledFailure()));
        }
        End(null, CanceledFailure());
    }

    // As in sdk-core, no one is told when the request arrives: WaitCancellationRequested waits for the child's end, too.
    private void RequestCancel() => _ = new ExternalCancelMachine(
        Host,
        new()
        {
            Namespace = intent.Attributes.Namespace,
            WorkflowId = Id,
            RunId = runId,
            ChildWorkflowOnly = true,
        },
        _ => { });

    private void End(Api.Common.V1.Payload? result, Failure? failure)
    {
        state = State.Ended;
        Host.Resolve(new ActivationJob.ResolveChild(intent.Seq, result, failure));
    }

    private void ResolveStart(ChildStartOutcome outcome) =>
        Host.Resolve(new ActivationJob.ResolveChildStart(intent.Seq, outcome));

    private void RequireSame(HistoryEvent e, string what, string? recorded, string commanded)
    {
        if (recorded != commanded)
        {
            throw Nondeterminism.Detail(DescribeCommand(), e, $"the {what} is '{recorded}' in history, '{commanded}' now");
        }
    }

    private Failure CanceledFailure() =>
        Wrap("Child Workflow execution cancelled", CanceledCause(), RetryState.NonRetryableFailure);

    private static Failure CanceledCause() => new() { CanceledFailureInfo = new() };

    private Failure Wrap(string message, Failure cause, RetryState retryState) => new()
    {
        Message = message,
        Cause = cause,
        ChildWorkflowExecutionFailureInfo = new()
        {
            Namespace = intent.Attributes.Namespace,
            WorkflowType = new() { Name = Type },
            WorkflowExecution = new() { WorkflowId = Id, RunId = runId },
            InitiatedEventId = initiatedEventId,
            StartedEventId = startedEventId,
            RetryState = retryState,
        },
    };
}
