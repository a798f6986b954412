using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Runtime;

/// <summary>One thing that the history (or the server) has for a workflow, in an <see cref="Activation" />.</summary>
/// <param name="Order">Place among the jobs of one activation, as in sdk-core; equal places keep their order.</param>
internal abstract record ActivationJob(int Order)
{
    internal sealed record Initialize(
        WorkflowExecutionStartedEventAttributes Started, DateTime StartTime, ulong RandomSeed) : ActivationJob(0);

    internal sealed record NotifyHasPatch(string PatchId) : ActivationJob(1);

    internal sealed record UpdateRandomSeed(ulong Seed) : ActivationJob(2);

    internal sealed record Signal(WorkflowExecutionSignaledEventAttributes Attributes) : ActivationJob(3);

    internal sealed record Update(
        string Id,
        string ProtocolInstanceId,
        string Name,
        IReadOnlyList<Payload> Input,
        IReadOnlyDictionary<string, Payload> Headers,
        bool RunValidator) : ActivationJob(3);

    internal sealed record Cancel(string Reason) : ActivationJob(4);

    internal sealed record FireTimer(uint Seq) : ActivationJob(4);

    internal sealed record ResolveActivity(uint Seq, ActivityOutcome Outcome, bool IsLocal)
        : ActivationJob(IsLocal ? 5 : 4);

    internal sealed record ResolveChildStart(uint Seq, ChildStartOutcome Outcome) : ActivationJob(4);

    internal sealed record ResolveChild(uint Seq, Payload? Result, Failure? Failure) : ActivationJob(4);

    internal sealed record ResolveExternalSignal(uint Seq, Failure? Failure) : ActivationJob(4);

    internal sealed record ResolveExternalCancel(uint Seq, Failure? Failure) : ActivationJob(4);

    internal sealed record Query(
        string Id,
        string Type,
        IReadOnlyList<Payload> Arguments,
        IReadOnlyDictionary<string, Payload> Headers) : ActivationJob(6);
}

/// <summary>How an activity ended.</summary>
internal abstract record ActivityOutcome
{
    internal sealed record Completed(Payload? Result) : ActivityOutcome;

    internal sealed record Failed(Failure Failure) : ActivityOutcome;

    /// <summary>A local activity is to be tried again after a durable timer.</summary>
    internal sealed record BackOff(TimeSpan Delay, int Attempt, DateTime? OriginalScheduleTime) : ActivityOutcome;
}

/// <summary>Whether a child started.</summary>
internal abstract record ChildStartOutcome
{
    internal sealed record Started(string RunId) : ChildStartOutcome;

    internal sealed record Refused(
        string WorkflowId, string WorkflowType, StartChildWorkflowExecutionFailedCause Cause) : ChildStartOutcome;

    internal sealed record Canceled(Failure Failure) : ChildStartOutcome;
}
