namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What the API shows a customer of an order.</summary>
internal sealed record SeenOrder(
    Guid OrderId,
    string Status,
    ShopFailure? Failure,
    long DiscountCents,
    string? VoucherCode,
    string? CancelRefusal,
    IReadOnlyList<SeenChange> History,
    IReadOnlyList<SeenDelivery> Tracking
);

/// <summary>A delivery order of it.</summary>
internal sealed record SeenDelivery(Guid DeliveryOrderId, int Attempt, string State, string? Reason, IReadOnlyList<SeenChange> History);

/// <summary>A change of status or state, and who caused it.</summary>
internal sealed record SeenChange(string To, string Actor);

/// <summary>A parcel with its receipt's PIN.</summary>
internal sealed record SeenParcel(string? Pin);

/// <summary>What an operator is asked to do.</summary>
internal sealed record SeenTask(Guid TaskId, string Kind, string? ClosedBy, string? Resolution, string? Reason);

/// <summary>A mail to a customer.</summary>
internal sealed record SeenMail(string Kind, Guid OrderId, string State);

/// <summary>Why the API refuses.</summary>
internal sealed record SeenRefusal(string? Code, IReadOnlyList<SeenFault>? Errors);

/// <summary>One thing that is wrong with a request.</summary>
internal sealed record SeenFault(string? Code);

/// <summary>A part of a list.</summary>
internal sealed record SeenPage<TItem>(IReadOnlyList<TItem> Items, string? Next);

/// <summary>An endpoint for webhooks, and what signs them.</summary>
internal sealed record SeenEndpoint(string Secret);
