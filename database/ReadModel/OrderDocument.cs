namespace TemporalDelivery.Database.ReadModel;

/// <summary>An order as status reads see it.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="CustomerId">Whose: for deciding who may read it.</param>
/// <param name="Status">Its status' wire name.</param>
/// <param name="Version">Grows with every change that a reader could see: the ETag.</param>
/// <param name="Json">
/// The whole answer, camelCase: <c>orderId, customerId, status, attempt, failure{type,reason}?, totalCents, discountCents, currency,
/// voucherCode, deliveryAddress, placedAt, updatedAt, lines[{sku,name,kind,quantity,unitPriceCents}],
/// history[{from,to,event,reason,actor,at}],
/// tracking[{deliveryOrderId,attempt,state,reason,note,partnerDeliveryNumber,createdAt,updatedAt,
/// history[{from,to,event,reason,note,actor,at}]}], cancelRequested, cancelRefusal</c>.
/// </param>
public sealed record OrderDocument(Guid OrderId, Guid CustomerId, string Status, long Version, string Json);

/// <summary>A delivery order as status reads see it.</summary>
/// <param name="DeliveryOrderId">Which delivery order.</param>
/// <param name="OrderId">Of which order.</param>
/// <param name="CustomerId">Whose: for deciding who may read it.</param>
/// <param name="State">Its state's wire name.</param>
/// <param name="Version">Grows with every change that a reader could see: the ETag.</param>
/// <param name="Json">
/// The whole answer, camelCase: <c>deliveryOrderId, orderId, customerId, attempt, state, reason, note, partnerDeliveryNumber, graphVersion,
/// address, createdAt, updatedAt, history[{from,to,event,reason,note,actor,at}]</c>.
/// </param>
public sealed record DeliveryDocument(Guid DeliveryOrderId, Guid OrderId, Guid CustomerId, string State, long Version, string Json);
