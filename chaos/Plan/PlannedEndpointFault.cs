namespace TemporalDelivery.Chaos.Plan;

/// <summary>A merchant's endpoint has a fault for a while.</summary>
/// <param name="At">When, from the beginning.</param>
/// <param name="Endpoint">Which endpoint.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Lasts">For how long.</param>
internal sealed record PlannedEndpointFault(TimeSpan At, int Endpoint, EndpointFault Fault, TimeSpan Lasts);
