using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>Replaces the client of the running workers whose options hold this object.</summary>
public class TemporalWorkerClientUpdater
{
    private readonly Lock @lock = new();
    private EventHandler<IWorkerClient>? updated;

    /// <summary>Hands every subscribed worker the client that it is to use from now on.</summary>
    /// <param name="client">The new client; must be connected.</param>
    public void UpdateClient(IWorkerClient client)
    {
        EventHandler<IWorkerClient>? subscribers;
        lock (@lock)
        {
            subscribers = updated;
        }

        subscribers?.Invoke(this, client);
    }

    /// <summary>Has <paramref name="subscriber"/> called with every new client.</summary>
    internal void Subscribe(EventHandler<IWorkerClient> subscriber)
    {
        lock (@lock)
        {
            updated += subscriber;
        }
    }

    /// <summary>Ends a subscription.</summary>
    internal void Unsubscribe(EventHandler<IWorkerClient> subscriber)
    {
        lock (@lock)
        {
            updated -= subscriber;
        }
    }
}
