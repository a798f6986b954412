namespace TemporalDelivery.Api.StatusReads;

/// <summary>Wants to know what PostgreSQL notifies. Called on the connection's own task: be quick.</summary>
interface IDatabaseListener
{
    /// <summary>The channels to listen to.</summary>
    IReadOnlyList<string> Channels { get; }

    /// <summary>Every notification from now on will come.</summary>
    void Connected();

    /// <summary>Notifications may be missed from now on.</summary>
    void Disconnected();

    /// <summary>A notification came.</summary>
    void Notified(string channel, string payload);
}
