using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>
/// Something that workflow code wants done. Intents of one turn become commands only after it, because some undo each
/// other and some need the machine of an earlier one.
/// </summary>
internal abstract record WorkflowIntent
{
    internal virtual bool ClosesWorkflow => false;

    internal sealed record StartTimer(uint Seq, TimeSpan Delay, UserMetadata? Metadata) : WorkflowIntent;

    internal sealed record CancelTimer(uint Seq) : WorkflowIntent;

    internal sealed record ScheduleActivity(
        uint Seq,
        ScheduleActivityTaskCommandAttributes Attributes,
        ActivityCancellationType CancellationType,
        UserMetadata? Metadata) : WorkflowIntent;

    internal sealed record CancelActivity(uint Seq) : WorkflowIntent;

    internal sealed record ScheduleLocalActivity(
        uint Seq,
        string ActivityId,
        string ActivityType,
        IReadOnlyList<Payload> Arguments,
        IReadOnlyDictionary<string, Payload> Headers,
        LocalActivityOptions Options,
        int Attempt,
        DateTime? OriginalScheduleTime,
        UserMetadata? Metadata) : WorkflowIntent;

    internal sealed record CancelLocalActivity(uint Seq) : WorkflowIntent;

    internal sealed record StartChild(
        uint Seq,
        StartChildWorkflowExecutionCommandAttributes Attributes,
        ChildWorkflowCancellationType CancellationType,
        UserMetadata? Metadata) : WorkflowIntent;

    internal sealed record CancelChild(uint Seq) : WorkflowIntent;

    internal sealed record SignalExternal(
        uint Seq, SignalExternalWorkflowExecutionCommandAttributes Attributes) : WorkflowIntent;

    internal sealed record CancelSignal(uint Seq) : WorkflowIntent;

    internal sealed record CancelExternal(
        uint Seq, RequestCancelExternalWorkflowExecutionCommandAttributes Attributes) : WorkflowIntent;

    internal sealed record SetPatch(string PatchId, bool Deprecated) : WorkflowIntent;

    internal sealed record UpsertSearchAttributes(SearchAttributes Attributes) : WorkflowIntent;

    internal sealed record UpsertMemo(Memo Memo) : WorkflowIntent;

    internal sealed record AcceptUpdate(string ProtocolInstanceId) : WorkflowIntent;

    internal sealed record RejectUpdate(string ProtocolInstanceId, Failure Failure) : WorkflowIntent;

    internal sealed record CompleteUpdate(string ProtocolInstanceId, Payload Result) : WorkflowIntent;

    internal sealed record AnswerQuery(string QueryId, Payload? Answer, Failure? Failure) : WorkflowIntent;

    internal sealed record Complete(Payload Result) : WorkflowIntent
    {
        internal override bool ClosesWorkflow => true;
    }

    internal sealed record Fail(Failure Failure) : WorkflowIntent
    {
        internal override bool ClosesWorkflow => true;
    }

    internal sealed record Cancel : WorkflowIntent
    {
        internal override bool ClosesWorkflow => true;
    }

    internal sealed record ContinueAsNew(ContinueAsNewWorkflowExecutionCommandAttributes Attributes) : WorkflowIntent
    {
        internal override bool ClosesWorkflow => true;
    }
}
