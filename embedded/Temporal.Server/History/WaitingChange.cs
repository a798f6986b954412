using Temporal.Server.Rpc;

namespace Temporal.Server.History;

/// <summary>A change of a run that may be made together with others of its kind, and the caller who waits for it.</summary>
/// <param name="change">Makes it, and says whether it did; an <see cref="RpcException"/> says that it was refused, with nothing
/// changed.</param>
internal sealed class WaitingChange(Func<Transition, bool> change)
{
    private readonly TaskCompletionSource<bool> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RpcException? refusal;
    private bool made;

    /// <summary>What became of it, known when the commit that it is part of is.</summary>
    public Task<bool> Outcome => outcome.Task;

    /// <summary>Makes it, as part of a transition.</summary>
    public void Apply(Transition t)
    {
        try
        {
            made = change(t);
        }
        catch (RpcException error)
        {
            // Its own caller's affair; the others of the transition go on.
            refusal = error;
        }
    }

    /// <summary>The transition is committed.</summary>
    public void Settle()
    {
        if (refusal is not null)
        {
            outcome.SetException(refusal);
        }
        else
        {
            outcome.SetResult(made);
        }
    }

    /// <summary>The transition is not committed, or not known to be.</summary>
    public void Fail(Exception error) => outcome.SetException(refusal ?? error);
}
