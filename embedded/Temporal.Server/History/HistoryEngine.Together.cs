using Temporal.Server.Store;

namespace Temporal.Server.History;

/// <summary>Changes of one run that share a commit.</summary>
internal sealed partial class HistoryEngine
{
    /// <summary>
    /// Changes a run as <see cref="TransactAsync{T}"/> does, but together with the like changes that have gathered while the run's last
    /// commit was on its way: whoever's turn it is makes all of them, in their order. A storm of signals so costs few commits.
    /// </summary>
    /// <param name="key">The run.</param>
    /// <param name="change">The change; returns whether it made it. Throws only with nothing changed.</param>
    /// <param name="cancellationToken">Gives up waiting for the run, unless the change is being made already.</param>
    /// <returns>What the change returned; its commit is durable.</returns>
    /// <exception cref="Rpc.RpcException">As for the other, and what the change throws.</exception>
    public async Task<bool> TransactTogetherAsync(RunKey key, Func<Transition, bool> change, CancellationToken cancellationToken)
    {
        var run = cache.Pin(key);
        try
        {
            var mine = new WaitingChange(change);
            run.Waiting.Add(mine);
            do
            {
                await MakeWaitingAsync(run, mine, cancellationToken).ConfigureAwait(false);
            } while (run.Waiting.Contains(mine));

            return await mine.Outcome.ConfigureAwait(false);
        }
        finally
        {
            run.Unpin();
        }
    }

    private async Task MakeWaitingAsync(Run run, WaitingChange mine, CancellationToken cancellationToken)
    {
        IReadOnlyList<WaitingChange> taken = [];
        try
        {
            await TransactAsync(
                    run.Key,
                    t =>
                    {
                        taken = run.Waiting.Take();
                        foreach (var waiting in taken)
                        {
                            waiting.Apply(t);
                        }
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            foreach (var waiting in taken)
            {
                waiting.Fail(error);
            }

            if (run.Waiting.TryWithdraw(mine))
            {
                throw;
            }

            return;
        }

        foreach (var waiting in taken)
        {
            waiting.Settle();
        }
    }
}
