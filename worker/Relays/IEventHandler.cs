using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Worker.Relays;

/// <summary>Deals with the stored events of one sender.</summary>
internal interface IEventHandler
{
    /// <summary>Whose events.</summary>
    public EventSender Sender { get; }

    /// <summary>Hands an event on. It may be handed on before: once is enough, and again is nothing.</summary>
    /// <returns>How it is settled. After any exception it is handed on again.</returns>
    /// <exception cref="System.Text.Json.JsonException">It cannot be read and never will.</exception>
    public Task<(InboxOutcome Outcome, string? Detail)> HandOnAsync(StoredEvent stored, CancellationToken cancellationToken);
}
