namespace TemporalDelivery.Database.Deliveries;

/// <summary>Whether a PIN proves a parcel's receipt.</summary>
/// <param name="IsRight">It does.</param>
/// <param name="TriesLeft">How many more may be wrong before all are refused for a while.</param>
/// <param name="LockedTill">Until when any PIN is refused, the right one too; null when none is.</param>
public sealed record PinCheck(bool IsRight, int TriesLeft, DateTimeOffset? LockedTill);
