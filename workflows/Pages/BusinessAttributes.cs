using Temporalio.Common;

namespace TemporalDelivery.Workflows.Pages;

/// <summary>
/// The search attributes by which Temporal's tools list orders and deliveries, and filter them: <c>OperatorTask = 'DELIVERY_PENDING'</c>.
/// They hold ids and wire names, nothing about people.
/// </summary>
public static class BusinessAttributes
{
    /// <summary>Where an order stands: an <see cref="Orders.OrderStatus"/> in which it can wait, or its end.</summary>
    public static readonly SearchAttributeKey<string> OrderStatus = SearchAttributeKey.CreateKeyword("OrderStatus");

    /// <summary>Where a delivery stands: a <see cref="Deliveries.DeliveryState"/>.</summary>
    public static readonly SearchAttributeKey<string> DeliveryState = SearchAttributeKey.CreateKeyword("DeliveryState");

    /// <summary>The customer's id.</summary>
    public static readonly SearchAttributeKey<string> CustomerId = SearchAttributeKey.CreateKeyword("CustomerId");

    /// <summary>The order's id; of a delivery too.</summary>
    public static readonly SearchAttributeKey<string> OrderId = SearchAttributeKey.CreateKeyword("OrderId");

    /// <summary>Why an order failed, or a delivery did.</summary>
    public static readonly SearchAttributeKey<string> FailureReason = SearchAttributeKey.CreateKeyword("FailureReason");

    /// <summary>The kinds of the operator tasks that the workflow has open.</summary>
    public static readonly SearchAttributeKey<IReadOnlyCollection<string>> OperatorTask = SearchAttributeKey.CreateKeywordList(
        "OperatorTask"
    );

    /// <summary>All of them: a namespace has to know them before workflows that bear them are started.</summary>
    public static IReadOnlyList<SearchAttributeKey> All { get; } =
    [OrderStatus, DeliveryState, CustomerId, OrderId, FailureReason, OperatorTask];
}
