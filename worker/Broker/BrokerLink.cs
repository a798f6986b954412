using RabbitMQ.Client;

namespace TemporalDelivery.Worker.Broker;

/// <summary>An open connection with its one channel. It does not recover: whoever uses it opens another.</summary>
internal sealed class BrokerLink(IConnection connection, IChannel channel) : IAsyncDisposable
{
    /// <summary>Where messages go and come.</summary>
    public IChannel Channel => channel;

    /// <summary>Whether anything can go or come.</summary>
    public bool IsOpen => channel.IsOpen;

    /// <summary>Closes it, whatever state it is in: within ten seconds where the broker answers nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await connection.AbortAsync();
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
