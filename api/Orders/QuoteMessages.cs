using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Orders;

/// <summary>What an order would cost if it were placed now, and what would have it refused. Nothing is stored or held.</summary>
/// <param name="Lines">The lines whose article is known and whose quantity is possible, at the catalogue's prices.</param>
/// <param name="TotalCents">Their sum.</param>
/// <param name="DiscountCents">What the voucher would take off.</param>
/// <param name="PayableCents">What would be charged.</param>
/// <param name="Currency">EUR.</param>
/// <param name="Faults">Everything that POST /orders would refuse it for; none when it would be accepted.</param>
public sealed record QuoteResponse(
    IReadOnlyList<OrderLineResponse> Lines,
    long TotalCents,
    long DiscountCents,
    long PayableCents,
    string Currency,
    IReadOnlyList<Fault> Faults
);
