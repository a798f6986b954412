namespace TemporalDelivery.Simulators.Demo;

/// <summary>A customer whom every fresh database knows.</summary>
internal sealed record Shopper(Guid Id, string Name)
{
    public static readonly IReadOnlyList<Shopper> All =
    [
        new(Guid.Parse("01920000-0000-7000-8000-000000000001"), "Ada"),
        new(Guid.Parse("01920000-0000-7000-8000-000000000002"), "Grace"),
        new(Guid.Parse("01920000-0000-7000-8000-000000000003"), "Linus"),
    ];

    /// <summary>How the customer makes themselves known to the API.</summary>
    public string Actor => $"customer:{Id}";

    /// <summary>An address with what the partner decides by.</summary>
    public object AddressWith(string mark) =>
        new
        {
            name = Name,
            line1 = "Demo Street 1",
            line2 = mark,
            postalCode = "10115",
            city = "Berlin",
            country = "DE",
        };
}
