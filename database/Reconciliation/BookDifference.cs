namespace TemporalDelivery.Database.Reconciliation;

/// <summary>Our books and another's do not agree about something.</summary>
/// <param name="Key">The key of its operator task.</param>
/// <param name="OrderId">The order concerned; null when it is not known.</param>
/// <param name="DeliveryOrderId">The delivery order concerned, when it is about one.</param>
/// <param name="Facts">What either book says: the same difference as long as they say the same.</param>
/// <param name="Detail">What does not agree, in a sentence for a person.</param>
public sealed record BookDifference(string Key, Guid? OrderId, Guid? DeliveryOrderId, string Facts, string Detail);
