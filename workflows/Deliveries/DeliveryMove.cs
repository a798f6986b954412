namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>One transition of the graph.</summary>
/// <param name="From">The state left.</param>
/// <param name="To">The state entered.</param>
/// <param name="Event">What causes it.</param>
/// <param name="By">The kinds of actors that may cause it.</param>
/// <param name="Reasons">The reasons that its event may carry when it is a failure; empty when it is none.</param>
public sealed record DeliveryMove(
    DeliveryState From,
    DeliveryState To,
    string Event,
    IReadOnlyList<ActorKind> By,
    IReadOnlyList<DeliveryFailureReason> Reasons
)
{
    /// <summary>
    /// The failure that this move means, from what was said; null when it is none. The only reason is implied; an unknown one becomes
    /// OTHER, and is kept in the note.
    /// </summary>
    public DeliveryFailure? FailureOf(string? reason, string? note)
    {
        if (Reasons.Count == 0)
        {
            return null;
        }

        if (WireNames.TryParse<DeliveryFailureReason>(reason, out var said) && Reasons.Contains(said))
        {
            return new DeliveryFailure(said, note);
        }

        var words = string.Join(": ", new[] { reason, note }.Where(text => !string.IsNullOrEmpty(text)));
        return new DeliveryFailure(Reasons.Count == 1 ? Reasons[0] : DeliveryFailureReason.Other, words.Length > 0 ? words : null);
    }
}
