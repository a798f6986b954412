namespace TemporalDelivery.Simulators.Demo;

/// <summary>What the API says of an order, as far as a customer looks.</summary>
internal sealed record ShopOrder(Guid OrderId, string Status, long TotalCents, ShopFailure? Failure, IReadOnlyList<ShopDelivery> Tracking);

/// <summary>Why it failed.</summary>
internal sealed record ShopFailure(string? Type, string? Reason);

/// <summary>One of its delivery orders.</summary>
internal sealed record ShopDelivery(Guid DeliveryOrderId, int Attempt, string State, string? Reason, IReadOnlyList<ShopChange> History);

/// <summary>A change of its state.</summary>
internal sealed record ShopChange(string To);

/// <summary>A voucher that it earned.</summary>
internal sealed record ShopVoucher(string Code, long AmountCents, string State);
