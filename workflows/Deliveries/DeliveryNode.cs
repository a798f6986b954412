using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>A state of the graph.</summary>
/// <param name="State">Which state.</param>
/// <param name="Terminal">Whether a delivery order ends here.</param>
/// <param name="Silence">What happens when nothing does; null when the state may last.</param>
/// <param name="Then">The event that follows at once; null when the workflow waits here.</param>
/// <param name="Task">The operator task that is open for as long as the state lasts.</param>
public sealed record DeliveryNode(DeliveryState State, bool Terminal, DeliverySilence? Silence, string? Then, OperatorTaskKind? Task);

/// <summary>What happens when nothing does.</summary>
/// <param name="After">How long nothing may happen.</param>
/// <param name="RemindAfter">When the customer is told of what is going to happen; null when nobody is.</param>
/// <param name="AskPartner">Whether the partner is asked first: a lost webhook then heals itself.</param>
/// <param name="Event">The event that happens when that brings nothing either.</param>
public sealed record DeliverySilence(TimeSpan After, TimeSpan? RemindAfter, bool AskPartner, string Event);
