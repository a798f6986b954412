using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What became of the goods of a parcel that had left, by an operator's word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GoodsOutcome>))]
public enum GoodsOutcome
{
    /// <summary>They are back on the shelf, for sale again.</summary>
    [JsonStringEnumMemberName("RETURNED")]
    Returned,

    /// <summary>They are gone: written off.</summary>
    [JsonStringEnumMemberName("LOST")]
    Lost,

    /// <summary>The customer keeps them and we pay for them: written off.</summary>
    [JsonStringEnumMemberName("KEPT")]
    Kept,
}
