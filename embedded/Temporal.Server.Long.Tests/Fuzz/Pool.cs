using System.Collections.Concurrent;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>What the server has given out lately, to be sent back in other requests.</summary>
internal sealed class Pool<T>
{
    private const int Kept = 256;

    private readonly ConcurrentQueue<T> items = new();

    public void Add(T item)
    {
        items.Enqueue(item);
        while (items.Count > Kept)
        {
            items.TryDequeue(out _);
        }
    }

    public bool TryPick(Random random, out T item)
    {
        var all = items.ToArray();
        item = all.Length == 0 ? default! : all[random.Next(all.Length)];
        return all.Length > 0;
    }
}
