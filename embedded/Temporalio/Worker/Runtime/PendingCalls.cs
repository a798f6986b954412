using Temporalio.Api.Failure.V1;

namespace Temporalio.Worker.Runtime;

/// <summary>The calls of a workflow that wait for their outcome, each kind counted on its own.</summary>
internal sealed class PendingCalls
{
    internal PendingKind<object?> Timers { get; } = new();

    /// <summary>Gets the activities; local ones count along.</summary>
    internal PendingKind<ActivityOutcome> Activities { get; } = new();

    internal PendingKind<ChildStartOutcome> ChildStarts { get; } = new();

    internal PendingKind<ActivationJob.ResolveChild> ChildResults { get; } = new();

    internal PendingKind<Failure?> ExternalSignals { get; } = new();

    internal PendingKind<Failure?> ExternalCancels { get; } = new();

    internal void Resolve(ActivationJob job)
    {
        switch (job)
        {
            case ActivationJob.FireTimer j:
                Timers.ResolveIfPending(j.Seq, null);
                break;
            case ActivationJob.ResolveActivity j:
                Activities.Resolve(j.Seq, j.Outcome, "activity");
                break;
            case ActivationJob.ResolveChildStart j:
                ChildStarts.Resolve(j.Seq, j.Outcome, "child");
                break;
            case ActivationJob.ResolveChild j:
                ChildResults.Resolve(j.Seq, j, "child");
                break;
            case ActivationJob.ResolveExternalSignal j:
                ExternalSignals.Resolve(j.Seq, j.Failure, "external signal");
                break;
            case ActivationJob.ResolveExternalCancel j:
                ExternalCancels.Resolve(j.Seq, j.Failure, "external cancel");
                break;
            default:
                throw new InvalidOperationException($"Unrecognized job: {job.GetType().Name}");
        }
    }
}

/// <summary>Pending calls of one kind, by the number under which the machines know them.</summary>
internal sealed class PendingKind<T>
{
    private readonly Dictionary<uint, TaskCompletionSource<T>> sources = [];
    private uint counter;

    internal uint NextSeq() => ++counter;

    internal TaskCompletionSource<T> Add(uint seq) => sources[seq] = new();

    internal bool Contains(uint seq) => sources.ContainsKey(seq);

    internal bool Remove(uint seq) => sources.Remove(seq);

    internal void Resolve(uint seq, T outcome, string what)
    {
        if (!sources.TryGetValue(seq, out var source))
        {
            throw new InvalidOperationException($"Failed finding {what} for sequence {seq}");
        }
        source.TrySetResult(outcome);
    }

    internal void ResolveIfPending(uint seq, T outcome)
    {
        if (sources.Remove(seq, out var source))
        {
            source.TrySetResult(outcome);
        }
    }
}
