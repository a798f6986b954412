namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>Why a delivery failed: a reason, and free text.</summary>
public sealed record DeliveryFailure(DeliveryFailureReason Reason, string? Note);
