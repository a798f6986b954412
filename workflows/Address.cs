namespace TemporalDelivery.Workflows;

/// <summary>Where physical lines go. Country is ISO 3166-1 alpha-2.</summary>
public sealed record Address(string Name, string Line1, string? Line2, string PostalCode, string City, string Country);
