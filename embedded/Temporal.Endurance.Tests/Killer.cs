namespace Temporal.Endurance.Tests;

/// <summary>
/// Kills and starts again, one target after the other and sometimes two at once, each time after work has gone on since the last.
/// </summary>
internal sealed class Killer(EnduranceSystem system, Load load, Random random)
{
    // So many journeys end between two kills: work goes on, and much of it is in flight.
    private const int JourneysBetween = 2;

    /// <summary>Kills so many times.</summary>
    /// <returns>How often each target was killed.</returns>
    public async Task<IReadOnlyDictionary<string, int>> KillAsync(int kills, CancellationToken cancellationToken)
    {
        var killed = system.Targets.ToDictionary(target => target, _ => 0);
        var deck = new Queue<string>();
        for (var left = kills; left > 0;)
        {
            await load.WaitForMoreAsync(JourneysBetween, cancellationToken);
            var victims = Draw(deck, count: left > 1 && random.Next(4) == 0 ? 2 : 1);
            foreach (var victim in victims)
            {
                await system.KillAsync(victim, cancellationToken);
                killed[victim]++;
            }

            // Together: one may have to wait for the other.
            await Task.WhenAll(victims.OrderBy(_ => random.Next()).Select(victim => system.StartAgainAsync(victim, cancellationToken)));

            left -= victims.Count;
        }

        return killed;
    }

    // Each target is drawn once before any is drawn again.
    private List<string> Draw(Queue<string> deck, int count)
    {
        var drawn = new List<string>();
        while (drawn.Count < count)
        {
            if (deck.Count == 0)
            {
                foreach (var target in system.Targets.OrderBy(_ => random.Next()))
                {
                    deck.Enqueue(target);
                }
            }

            var next = deck.Dequeue();
            if (!drawn.Contains(next))
            {
                drawn.Add(next);
            }
        }

        return drawn;
    }
}
