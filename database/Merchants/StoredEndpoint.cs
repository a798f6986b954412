namespace TemporalDelivery.Database.Merchants;

/// <summary>A merchant's address that is told of what is published.</summary>
/// <param name="EndpointId">Its id.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Topics">What it is told of, with spaces between: <c>order.completed</c>, or <c>order.*</c>.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="OldSecretTill">Until when the secret before the last rotation signs too; null when it does not.</param>
/// <param name="PausedAt">Since when nothing is sent; null when it is.</param>
/// <param name="PauseReason">Why not.</param>
/// <param name="Waiting">How many events wait to be taken, up to a thousand.</param>
public sealed record StoredEndpoint(
    Guid EndpointId,
    string Owner,
    string Url,
    string Topics,
    DateTime CreatedAt,
    DateTime? OldSecretTill,
    DateTime? PausedAt,
    string? PauseReason,
    int Waiting
);
