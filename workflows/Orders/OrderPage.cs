using System.Globalization;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Common;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>What Temporal's tools show of an order.</summary>
public static class OrderPage
{
    /// <summary>What the page says of every order.</summary>
    public const string Details =
        "An order: it is checked and reserved, paid, granted or delivered, and completed; or all of it is undone.";

    /// <summary>The summary of an order in a list.</summary>
    /// <param name="lines">How many lines it has.</param>
    /// <param name="totalCents">Before any discount.</param>
    public static string Summary(int lines, long totalCents) =>
        string.Create(CultureInfo.InvariantCulture, $"{lines} {(lines == 1 ? "line" : "lines")}, {totalCents / 100m:0.00} EUR");

    /// <summary>The attributes that an order is started with.</summary>
    public static SearchAttributeCollection Attributes(Guid orderId, Guid customerId) =>
        new SearchAttributeCollection.Builder()
            .Set(BusinessAttributes.OrderStatus, OrderStatus.Pending.WireName())
            .Set(BusinessAttributes.OrderId, orderId.ToString())
            .Set(BusinessAttributes.CustomerId, customerId.ToString())
            .ToSearchAttributeCollection();

    /// <summary>The page of an order.</summary>
    internal static PageFace Face(OrderInput order, OrderVersion now, EffectRunner effects)
    {
        // An order of e-books alone passes through FULFILLMENT without a wait: that is not worth an upsert.
        var isPassing = now is { Status: OrderStatus.Fulfillment, DeliveryOrderId: null } && effects.OpenTasks.Count == 0;
        return new PageFace(
            order.OrderId,
            order.CustomerId,
            BusinessAttributes.OrderStatus,
            (isPassing ? OrderStatus.PaymentProcessing : now.Status).WireName(),
            now.FailureType,
            $"{now.Status.WireName()}{Why(now)}",
            effects.OpenTasks,
            [.. Moves(now), .. effects.Releases]
        );
    }

    private static string? Why(OrderVersion now) =>
        now.FailureType is { } type ? $": {type}"
        : now.Status == OrderStatus.Fulfillment && now.DeliveryOrderId is { } delivery
            ? $": delivery {now.DeliveryAttempt}, {WorkflowIds.Delivery(delivery)}"
        : null;

    private static IEnumerable<AllowedUpdate> Moves(OrderVersion now)
    {
        if (now.CancelRefusal is null)
        {
            yield return AllowedUpdate.ByOperator("Cancel", "stop the order and undo everything");
        }

        if (now.HandOverRefusal is null)
        {
            yield return AllowedUpdate.ByOperator("FulfillManually", "complete it, because the goods were handed over in the shop");
        }
    }
}

/// <summary>What makes an order's page another.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="FailureType">Why it fails.</param>
/// <param name="DeliveryOrderId">The active delivery order, or the last.</param>
/// <param name="DeliveryAttempt">How many there were.</param>
/// <param name="CancelRefusal">Why a cancellation would be refused now.</param>
/// <param name="HandOverRefusal">Why a manual fulfilment would be.</param>
/// <param name="Tasks">The count of changes to its operator tasks.</param>
internal readonly record struct OrderVersion(
    OrderStatus Status,
    string? FailureType,
    Guid? DeliveryOrderId,
    int DeliveryAttempt,
    string? CancelRefusal,
    string? HandOverRefusal,
    int Tasks
);
