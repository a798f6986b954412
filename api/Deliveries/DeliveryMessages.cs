using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Orders;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>The customer has it.</summary>
/// <param name="Note">Anything they want to say.</param>
/// <param name="Pin">The parcel's PIN of six digits: whoever has it needs no credentials.</param>
public sealed record ConfirmRequest(string? Note = null, [property: RegularExpression(ReceiptPin.Pattern)] string? Pin = null)
    : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        Pin is null || ReceiptPin.IsWellFormed(Pin) ? [] : [new("#/pin", "PIN_MALFORMED", "pin is a text of six digits.")];
}

/// <summary>It was not delivered as it should.</summary>
/// <param name="Reason">What is wrong.</param>
/// <param name="Note">In the customer's words.</param>
public sealed record DisputeRequest([property: Required, DisputeReasons] string? Reason, string? Note = null) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() => OneOf.Faults(Reason, DisputeReasonsAttribute.All, "reason", "#/reason", "UNKNOWN_REASON");
}

/// <summary>An operator's decision.</summary>
/// <param name="Resolution">What is decided.</param>
/// <param name="Reason">Why, and for a confirmation the proof.</param>
/// <param name="Goods">What became of the goods of a parcel that had left: restocked, lost (written off), or left with the customer and
/// paid for by us. To be said when such a parcel is cancelled or redelivered, and only then.</param>
public sealed record ResolutionRequest(
    [property: Required, OneOf<DeliveryResolution>] string? Resolution,
    [property: NotBlank] string? Reason,
    [property: OneOf<GoodsOutcome>] string? Goods = null
) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        [
            .. OneOf.Faults<DeliveryResolution>(Resolution, "resolution", "#/resolution", "UNKNOWN_RESOLUTION"),
            .. ReasonRequest.Missing(Reason),
            .. Goods is null ? [] : OneOf.Faults<GoodsOutcome>(Goods, "goods", "#/goods", "UNKNOWN_GOODS"),
        ];
}

/// <summary>A delivery order.</summary>
/// <remarks>The read model writes it; this describes it.</remarks>
/// <param name="DeliveryOrderId">Its id.</param>
/// <param name="OrderId">The order that it brings to the customer.</param>
/// <param name="CustomerId">The customer who ordered.</param>
/// <param name="Attempt">1 for the order's first, then one more with each redelivery.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Note">In free text.</param>
/// <param name="PartnerDeliveryNumber">The partner's own number, from the pickup on.</param>
/// <param name="GraphVersion">The version of the delivery graph that it follows.</param>
/// <param name="Address">Where the parcel goes.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="WaitsUntil">When the state ends by itself (a DELIVERED is confirmed then, and can be disputed until then); null when it
/// does not, and before the pickup.</param>
/// <param name="History">Every change of its state, oldest first.</param>
/// <param name="Pin">With it whoever has the parcel confirms the receipt. Shown to the customer only, until it is over.</param>
public sealed record DeliveryResponse(
    Guid DeliveryOrderId,
    Guid OrderId,
    Guid CustomerId,
    int Attempt,
    DeliveryState State,
    DeliveryFailureReason? Reason,
    string? Note,
    string? PartnerDeliveryNumber,
    int GraphVersion,
    Address Address,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? WaitsUntil,
    IReadOnlyList<ChangeResponse> History,
    string? Pin = null
);
