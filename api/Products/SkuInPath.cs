using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Catalogue;

namespace TemporalDelivery.Api.Products;

/// <summary>The product that a change's path names. What is wrong with it is told together with what is wrong with the body.</summary>
/// <param name="Sku">Its number.</param>
/// <param name="IsValid">Whether that can be one.</param>
internal sealed record SkuInPath(Sku Sku, bool IsValid) : ICheckedBody
{
    /// <summary>Binds the parameter.</summary>
    public static bool TryParse(string text, out SkuInPath sku)
    {
        var isValid = Sku.TryParse(text, out var parsed);
        sku = new SkuInPath(parsed, isValid);
        return true;
    }

    IEnumerable<Fault> ICheckedBody.Faults() =>
        IsValid
            ? []
            :
            [
                new Fault(
                    "sku",
                    "SKU_INVALID",
                    $"The path's sku is at most {Sku.MaxLength} capital letters, digits and single hyphens between them."
                ),
            ];
}
