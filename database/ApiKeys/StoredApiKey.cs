namespace TemporalDelivery.Database.ApiKeys;

/// <summary>A key that a program shows with each request; of the key itself only a hash is stored.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="Name">Which program.</param>
/// <param name="Role">What the program is.</param>
/// <param name="Scopes">What of its role it may do, with spaces between; empty: all.</param>
/// <param name="Prefix">How the key begins.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="LastUsedAt">When it was used last, to the minute; null: never.</param>
/// <param name="RevokedAt">Since when it is good no more; null while it is.</param>
public sealed record StoredApiKey(
    Guid KeyId,
    string Name,
    string Role,
    string Scopes,
    string Prefix,
    DateTime CreatedAt,
    string CreatedBy,
    DateTime ExpiresAt,
    DateTime? LastUsedAt,
    DateTime? RevokedAt
);
