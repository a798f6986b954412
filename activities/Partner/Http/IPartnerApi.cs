using System.Text.Json;
using Refit;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Activities.Partner.Http;

/// <summary>The partner's HTTP interface, in its words.</summary>
internal interface IPartnerApi
{
    /// <summary>Books once per idempotency key; the same key again gets the first answer.</summary>
    [Post("/deliveries")]
    public Task<BookingAnswer> BookAsync(
        [Body] BookingBody booking,
        [Header("Idempotency-Key")] string key,
        CancellationToken cancellationToken
    );

    /// <summary>What the partner knows; 404 when it knows nothing.</summary>
    [Get("/deliveries/{deliveryOrderId}")]
    public Task<DeliveryAnswer> FindAsync(Guid deliveryOrderId, CancellationToken cancellationToken);

    /// <summary>The deliveries that were booked in a time, oldest first.</summary>
    [Get("/deliveries")]
    public Task<DeliveryListAnswer> ListAsync(
        [Query] string from,
        [Query] string to,
        [Query] string? cursor,
        [Query] int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Cancels the delivery; 409 when it was picked up, 404 when it is not known. Again is the same as once.</summary>
    [Post("/deliveries/{deliveryOrderId}/cancel")]
    public Task<DeliveryAnswer> CancelAsync(Guid deliveryOrderId, CancellationToken cancellationToken);
}

/// <summary>What to pick up and bring.</summary>
internal sealed record BookingBody(Guid DeliveryOrderId, Guid OrderId, int Attempt, Address Address, IReadOnlyList<BookingLine> Lines);

/// <summary>So many of one article.</summary>
internal sealed record BookingLine(string Sku, int Quantity);

/// <summary>Whether the partner takes the delivery, and why not.</summary>
internal sealed record BookingAnswer(bool? Accepted, string? Reason);

/// <summary>What the partner knows of a delivery: its state, and all events so far, as its webhooks told them.</summary>
internal sealed record DeliveryAnswer(Guid? DeliveryOrderId, string? State, IReadOnlyList<EventAnswer>? Events);

/// <summary>A page of deliveries, and where the next begins.</summary>
internal sealed record DeliveryListAnswer(IReadOnlyList<DeliveryAnswer?>? Items, string? Next);

/// <summary>One event of a delivery.</summary>
internal sealed record EventAnswer(
    string? EventId,
    string? Type,
    string? PartnerDeliveryNumber,
    string? Reason,
    string? Note,
    DateTimeOffset? OccurredAt,
    JsonElement? Pin = null
);
