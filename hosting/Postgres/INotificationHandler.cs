namespace TemporalDelivery.Hosting.Postgres;

/// <summary>Acts on what PostgreSQL notifies. Called on the listening connection's own task: be quick.</summary>
public interface INotificationHandler
{
    /// <summary>The channels to listen to; plain lower-case names.</summary>
    public IReadOnlyList<string> Channels { get; }

    /// <summary>Every notification from now on will come. Notifications sent before are lost: look once now.</summary>
    public void Connected();

    /// <summary>Notifications may be missed from now on.</summary>
    public void Disconnected();

    /// <summary>A notification came.</summary>
    public void Notified(string channel, string payload);
}
