using RabbitMQ.Client;

namespace TemporalDelivery.Worker.Broker;

/// <summary>An open connection with its one channel. It does not recover: whoever uses it opens another.</summary>
internal sealed class BrokerLink(IConnection connection, IChannel channel) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    /// <summary>Where messages go and come.</summary>
    public IChannel Channel => channel;

    /// <summary>Whether anything can go or come.</summary>
    public bool IsOpen => channel.IsOpen;

    /// <summary>Closes it, whatever state it is in; never fails.</summary>
    public async ValueTask DisposeAsync()
    {
        await connection.AbortAsync(CloseTime);
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
