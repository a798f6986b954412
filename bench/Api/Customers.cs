namespace TemporalDelivery.Bench.Api;

/// <summary>Customers who confirm what has been delivered, as soon as the list of delivery orders shows it.</summary>
internal static class Customers
{
    private const int AtATime = 16;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Goes on until it is cancelled.</summary>
    public static async Task ConfirmAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        var confirmed = new HashSet<Guid>();
        using var look = new PeriodicTimer(Look);
        try
        {
            do
            {
                var delivered = new List<Guid>();
                await foreach (var delivery in shop.DeliveriesAsync("DELIVERED", cancellationToken))
                {
                    // The list is a moment behind.
                    if (confirmed.Add(delivery))
                    {
                        delivered.Add(delivery);
                    }
                }

                await Parallel.ForEachAsync(
                    delivered,
                    new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
                    async (delivery, token) => await shop.ConfirmAsync(delivery, token)
                );
            } while (await look.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Everything is confirmed.
        }
    }
}
