namespace TemporalDelivery.Database.Merchants;

/// <summary>What became of telling an endpoint of an event.</summary>
/// <param name="EventId">The event: the header <c>webhook-id</c>.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Topic">E.g. <c>order.completed</c>.</param>
/// <param name="OrderId">Which order.</param>
/// <param name="State">WAITING or DELIVERED.</param>
/// <param name="Tries">How often it was sent since it was last asked for.</param>
/// <param name="RecordedAt">Since when it is to be sent, UTC.</param>
/// <param name="NextTryAt">When it is sent next; null when it has been taken.</param>
/// <param name="Answered">The last answer's status; null when there was none.</param>
/// <param name="Detail">The beginning of the last answer, or why there was none.</param>
/// <param name="TookMs">How long the last answer took, in milliseconds.</param>
/// <param name="DeliveredAt">When it was taken.</param>
public sealed record StoredWebhook(
    Guid EventId,
    long Position,
    string Topic,
    Guid OrderId,
    string State,
    int Tries,
    DateTime RecordedAt,
    DateTime? NextTryAt,
    int? Answered,
    string? Detail,
    int? TookMs,
    DateTime? DeliveredAt
);
