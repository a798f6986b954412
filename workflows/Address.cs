using System.ComponentModel.DataAnnotations;

namespace TemporalDelivery.Workflows;

/// <summary>Where physical lines go.</summary>
/// <param name="Name">Whose name is at the door.</param>
/// <param name="Line1">Street and number.</param>
/// <param name="Line2">What else the courier needs: floor, entrance.</param>
/// <param name="PostalCode">As it is written in the country.</param>
/// <param name="City">The city.</param>
/// <param name="Country">Two capital letters (ISO 3166-1 alpha-2).</param>
public sealed record Address(
    string Name,
    string Line1,
    string? Line2,
    string PostalCode,
    string City,
    [property: RegularExpression("^[A-Z]{2}$")] string Country
);
