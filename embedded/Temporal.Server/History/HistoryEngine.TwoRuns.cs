using Temporal.Server.Rpc;
using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <content>Changes of two runs in one commit.</content>
internal sealed partial class HistoryEngine
{
    /// <summary>Changes two runs of one workflow together.</summary>
    /// <param name="first">A run.</param>
    /// <param name="second">Another run.</param>
    /// <param name="body">The change, given their transitions; may throw, and then nothing happens.</param>
    /// <param name="cancellationToken">Gives up waiting for the runs; a commit that has begun is carried through.</param>
    /// <exception cref="RpcException">NotFound: one of the runs is not there, or what the body throws.</exception>
    public async Task<T> TransactAsync<T>(
        RunKey first,
        RunKey second,
        Func<Transition, Transition, T> body,
        CancellationToken cancellationToken
    )
    {
        // Gates are always closed in the order of the run ids, so two such changes cannot wait for each other.
        var swap = string.CompareOrdinal(first.RunId, second.RunId) > 0;
        var one = cache.Pin(swap ? second : first);
        var two = cache.Pin(swap ? first : second);
        using var counted = work.Begin();
        try
        {
            await one.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await two.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    return await ChangeAsync(swap ? two : one, swap ? one : two, body, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    Leave(two);
                }
            }
            finally
            {
                Leave(one);
            }
        }
        finally
        {
            one.Unpin();
            two.Unpin();
        }
    }

    private async Task<T> ChangeAsync<T>(Run first, Run second, Func<Transition, Transition, T> body, CancellationToken cancellationToken)
    {
        var now = clock.UtcNow;
        var a = new Transition(first, await RequireStateAsync(first, cancellationToken).ConfigureAwait(false), now);
        var b = new Transition(second, await RequireStateAsync(second, cancellationToken).ConfigureAwait(false), now);
        try
        {
            var result = body(a, b);
            var changed = new[] { a, b }.Where(t => t.IsChanged).ToList();
            if (changed.Count > 0)
            {
                await CommitAsync([.. changed, .. a.Created, .. b.Created], [first, second]).ConfigureAwait(false);
            }

            return result;
        }
        catch when (a.IsChanged || b.IsChanged)
        {
            first.State = null;
            second.State = null;
            throw;
        }
    }

    private void Leave(Run run)
    {
        if (cache.KeepsNothing)
        {
            run.State = null;
        }

        cache.Account(run);
        run.Gate.Release();
    }
}
