using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Follows what is published for others.</summary>
internal interface IOutboxReader
{
    /// <summary>Its row of <c>messages.readers</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it deals with the events of this topic; the others are passed over.</summary>
    public bool Wants(string topic);

    /// <summary>
    /// Deals with an event: at least once, those of one order in order, those of others beside them. Whatever it throws is tried again,
    /// with back-off, before anything else of this reader; other readers do not wait.
    /// </summary>
    /// <exception cref="PoisonMessageException">It cannot be dealt with: an operator is told, and only its order's events wait.</exception>
    public Task ReadAsync(OutboxEvent message, CancellationToken cancellationToken);
}
