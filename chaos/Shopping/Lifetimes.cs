using TemporalDelivery.Chaos.Audit;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>Whether the lives of orders come to their ends.</summary>
internal static class Lifetimes
{
    /// <summary>
    /// Until nobody is going to do anything any more. Whoever fails to is a difference, and so is who was abandoned before.
    /// </summary>
    /// <param name="lives">Which order, and its life.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public static async Task<List<Difference>> EndAsync(
        IReadOnlyList<(Func<string> Order, Task Life)> lives,
        CancellationToken cancellationToken
    )
    {
        var differences = new List<Difference>();
        foreach (var (order, life) in lives)
        {
            try
            {
                await life;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                differences.Add(new("shopping", order(), "an end of its story", "none in time"));
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                differences.Add(new("shopping", order(), "to be served", failure.Message));
            }
        }

        return differences;
    }
}
