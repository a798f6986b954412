namespace TemporalDelivery.Chaos.Plan;

/// <summary>A process is killed, and started again a while later.</summary>
/// <param name="At">When, from the beginning.</param>
/// <param name="Victim">Which process.</param>
/// <param name="Down">How long it stays dead.</param>
internal sealed record PlannedKill(TimeSpan At, Victim Victim, TimeSpan Down);
