using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Products;

/// <summary>How a product is to be from now on.</summary>
/// <param name="Name">What it is called: one line of at most 200 characters.</param>
/// <param name="Kind">Of a new one; the kind of a known one never changes.</param>
/// <param name="PriceCents">What it costs, in cents: up to a million EUR. Orders that were accepted before keep their price.</param>
/// <param name="OnSale">Whether it may be ordered.</param>
/// <param name="Reason">Why it is changed.</param>
public sealed record ProductRequest(
    [property: NotBlank, MaxLength(ProductRequest.MaxName), RegularExpression(ProductRequest.OneLine)] string? Name,
    [property: OneOf<LineKind>] string? Kind,
    [property: Required, Range(1, ProductRequest.MaxCents)] long? PriceCents,
    [property: Required] bool? OnSale,
    [property: NotBlank] string? Reason
) : ICheckedBody
{
    internal const string OneLine = @"^[^\u0000-\u001F\u007F-\u009F]*\S[^\u0000-\u001F\u007F-\u009F]*$";
    internal const int MaxName = 200;
    internal const int MaxCents = 100_000_000;

    IEnumerable<Fault> ICheckedBody.Faults() =>
        [
            .. string.IsNullOrWhiteSpace(Name) || Name.Length > MaxName || Name.Any(char.IsControl)
                ? [new Fault("#/name", "NAME_INVALID", $"name is one line of 1 to {MaxName} characters.")]
                : (IEnumerable<Fault>)[],
            .. Kind is null ? [] : OneOf.Faults<LineKind>(Kind, "kind", "#/kind", "KIND_INVALID"),
            .. PriceCents is >= 1 and <= MaxCents
                ? (IEnumerable<Fault>)[]
                : [new Fault("#/priceCents", "OUT_OF_RANGE", $"priceCents is 1 to {MaxCents}{Not(PriceCents)}.")],
            .. OnSale is null ? [new Fault("#/onSale", "ON_SALE_MISSING", "onSale is true or false.")] : (IEnumerable<Fault>)[],
            .. ReasonRequest.Missing(Reason),
        ];

    internal static string Not<T>(T? value)
        where T : struct => value is { } given ? $", not {given}" : "";
}

/// <summary>How the stock is to be changed.</summary>
/// <param name="Change">How many more are on the shelf, or, below zero, how many less: up to a million.</param>
/// <param name="Reason">Where they come from, or where they went.</param>
public sealed record StockRequest(
    [property: Required, Range(-StockRequest.MaxUnits, StockRequest.MaxUnits), DeniedValues(0)] int? Change,
    [property: NotBlank] string? Reason
) : ICheckedBody
{
    internal const int MaxUnits = 1_000_000;

    IEnumerable<Fault> ICheckedBody.Faults() =>
        [
            .. Change is not 0 and >= -MaxUnits and <= MaxUnits
                ? (IEnumerable<Fault>)[]
                : [new Fault("#/change", "OUT_OF_RANGE", $"change is 1 to {MaxUnits} or -1 to -{MaxUnits}{ProductRequest.Not(Change)}.")],
            .. ReasonRequest.Missing(Reason),
        ];
}

/// <summary>An article of the catalogue.</summary>
/// <param name="Sku">Its number.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">Whether it travels.</param>
/// <param name="PriceCents">What it costs, in cents.</param>
/// <param name="Currency">Of the price: EUR.</param>
/// <param name="OnSale">Whether it may be ordered.</param>
/// <param name="Available">Whether an order for one would be taken now.</param>
/// <param name="OnHand">How much is on the shelf. This and what follows is for operators.</param>
/// <param name="Reserved">How much of that is promised.</param>
/// <param name="InTransit">How much is with the delivery partner.</param>
public sealed record ProductResponse(
    string Sku,
    string Name,
    LineKind Kind,
    long PriceCents,
    string Currency,
    bool OnSale,
    bool Available,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OnHand,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Reserved,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? InTransit
)
{
    internal static ProductResponse Of(StoredProduct stored, bool withStock) =>
        new(
            stored.Sku,
            stored.Name,
            WireNames.Parse<LineKind>(stored.Kind),
            stored.PriceCents,
            "EUR",
            stored.OnSale,
            stored.IsAvailable,
            withStock ? stored.OnHand : null,
            withStock ? stored.Reserved : null,
            withStock ? stored.InTransit : null
        );
}
