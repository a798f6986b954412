using Temporal.Server.History.Activities;
using Temporal.Server.Namespaces;
using Temporal.Server.Store;

namespace Temporal.Server.History.Retention;

/// <summary>
/// Deletes the closed runs that are older than their namespace keeps them. A run with something left to do is left alone.
/// </summary>
internal sealed class RetentionSweep(HistoryEngine engine, IExecutionStore store)
{
    // Read in one go, and deleted at once: enough to share commits, too few to be felt by others.
    private const int BatchRuns = 200;
    private const int Concurrent = 8;

    /// <summary>Deletes what is due now.</summary>
    /// <returns>How many runs were deleted.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var space in engine.Namespaces.All)
        {
            deleted += await RunAsync(space, cancellationToken).ConfigureAwait(false);
        }

        return deleted;
    }

    private async Task<int> RunAsync(NamespaceRecord space, CancellationToken cancellationToken)
    {
        var closedBefore = engine.Now.SaturatingAdd(-space.Retention);
        var deleted = 0;
        while (true)
        {
            var expired = await store.ReadExpiredAsync(space.Id, closedBefore, BatchRuns, cancellationToken).ConfigureAwait(false);
            await Parallel
                .ForEachAsync(
                    expired,
                    new ParallelOptions { MaxDegreeOfParallelism = Concurrent, CancellationToken = cancellationToken },
                    async (run, token) => await engine.DeleteAsync(run, token).ConfigureAwait(false)
                )
                .ConfigureAwait(false);
            deleted += expired.Count;
            if (expired.Count < BatchRuns)
            {
                return deleted;
            }
        }
    }
}
