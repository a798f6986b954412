using Refit;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Activities.Partner;

/// <summary>A booking, for the partner.</summary>
public sealed record PartnerBooking(Guid DeliveryOrderId, Guid OrderId, int Attempt, Address Address, IReadOnlyList<PartnerBookingLine> Lines);

/// <summary>So many of one article.</summary>
public sealed record PartnerBookingLine(string Sku, int Quantity);

/// <summary>Whether the partner takes the delivery, and why not.</summary>
public sealed record PartnerBookingAnswer(Guid DeliveryOrderId, bool Accepted, string? Reason);

/// <summary>What the partner knows of a delivery, with all events so far as its webhooks told them.</summary>
public sealed record PartnerDelivery(string State, string? PartnerDeliveryNumber, string? Reason, IReadOnlyList<PartnerEvent>? Events);

/// <summary>The delivery partner's HTTP interface. To use another partner, implement this folder anew.</summary>
public interface IDeliveryPartner
{
    /// <summary>Books once per idempotency key; the same key again gets the first answer.</summary>
    [Post("/deliveries")]
    Task<PartnerBookingAnswer> BookAsync([Body] PartnerBooking booking, [Header("Idempotency-Key")] string key, CancellationToken cancellationToken);

    /// <summary>What the partner knows; 404 when it knows nothing.</summary>
    [Get("/deliveries/{deliveryOrderId}")]
    Task<PartnerDelivery> FindAsync(Guid deliveryOrderId, CancellationToken cancellationToken);

    /// <summary>Calls the delivery off; 409 when it was picked up, 404 when it is not known. Again is the same as once.</summary>
    [Post("/deliveries/{deliveryOrderId}/cancel")]
    Task<PartnerDelivery> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken);
}
