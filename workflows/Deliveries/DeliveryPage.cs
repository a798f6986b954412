using System.Globalization;
using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Common;

namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What Temporal's tools show of a delivery.</summary>
internal sealed class DeliveryPage(DeliveryInput input, DeliveryGraph graph, EffectRunner effects)
{
    /// <summary>What the page says of every delivery.</summary>
    public const string Details =
        "One attempt to bring an order's parcel: booked, picked up, delivered, confirmed; or an operator decides.";

    /// <summary>The summary of a delivery in a list.</summary>
    public static string Summary(OrderInput order, int attempt) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"delivery {attempt} of an order of {OrderPage.Summary(order.Lines, order.TotalCents)}"
        );

    /// <summary>The attributes that a delivery is started with.</summary>
    public static SearchAttributeCollection Attributes(OrderInput order, int graphVersion) =>
        new SearchAttributeCollection.Builder()
            .Set(BusinessAttributes.DeliveryState, DeliveryGraph.OfVersion(graphVersion).Initial.WireName())
            .Set(BusinessAttributes.OrderId, order.OrderId.ToString())
            .Set(BusinessAttributes.CustomerId, order.CustomerId.ToString())
            .ToSearchAttributeCollection();

    /// <summary>What a delivery waits for in a state with silence, and until when.</summary>
    public static string Waiting(DeliveryState state, DateTime until) =>
        $"waiting for {Awaited(state)} until {WorkflowPage<DeliveryVersion>.Text(until)}";

    /// <summary>The page.</summary>
    public PageFace Face(DeliveryVersion now) =>
        new(
            input.OrderId,
            input.CustomerId,
            BusinessAttributes.DeliveryState,
            now.State.WireName(),
            now.Failure?.WireName(),
            $"{now.State.WireName()}{(now.Failure is { } reason ? $" ({reason.WireName()})" : null)}, by {now.LastActor}",
            graph.Node(now.State).Task is { } task ? [task.WireName(), .. effects.OpenTasks] : effects.OpenTasks,
            [.. Decisions(now), .. Disputes(now), .. effects.Releases]
        );

    private IEnumerable<AllowedUpdate> Decisions(DeliveryVersion now) =>
        from resolution in graph.EventsIn(now.State, ActorKind.Operator)
        where WireNames.All<DeliveryResolution>().Contains(resolution)
        let isGivenUp = resolution is DeliveryEvents.Cancel or DeliveryEvents.Redeliver
        from goods in isGivenUp && now.HasLeft ? WireNames.All<GoodsOutcome>() : [null!]
        select AllowedUpdate.ByOperator("Resolve", Purpose(resolution, goods), ("resolution", resolution), ("goods", goods));

    private IEnumerable<AllowedUpdate> Disputes(DeliveryVersion now) =>
        graph.EventsIn(now.State, ActorKind.Operator).Contains(DeliveryEvents.Dispute)
            ?
            [
                new AllowedUpdate(
                    "Dispute",
                    $"say that it failed ({string.Join(", ", Reasons(now))})",
                    $$"""{"reason":"{{Reasons(now).First()}}","actor":"operator:","note":""}"""
                ),
            ]
            : [];

    private IEnumerable<string> Reasons(DeliveryVersion now) =>
        graph.ReasonsOf(now.State, DeliveryEvents.Dispute).Select(reason => reason.WireName());

    private static string Purpose(string resolution, string? goods) =>
        (resolution, goods) switch
        {
            (DeliveryEvents.Redeliver, null) => "send it again",
            (DeliveryEvents.Redeliver, _) => $"send it again; the goods that had left are {Fate(goods)}",
            (DeliveryEvents.Cancel, null) => "give it up: the order is cancelled and paid back",
            (DeliveryEvents.Cancel, _) => $"give it up: the order is cancelled and paid back; the goods that had left are {Fate(goods)}",
            _ => "confirm it; the reason says what proves it",
        };

    private static string Fate(string goods) =>
        WireNames.Parse<GoodsOutcome>(goods) switch
        {
            GoodsOutcome.Returned => "back on the shelf",
            GoodsOutcome.Lost => "lost",
            GoodsOutcome.Kept => "the customer's to keep",
            _ => goods,
        };

    private static string Awaited(DeliveryState state) =>
        state switch
        {
            DeliveryState.Created => "the courier to pick it up",
            DeliveryState.PickedUp => "the courier to deliver it",
            DeliveryState.Delivered => "the customer to confirm it",
            _ => $"what follows {state.WireName()}",
        };
}

/// <summary>What makes a delivery's page another.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Failure">Why it failed, if it did.</param>
/// <param name="HasLeft">The parcel has left, as far as we know: whoever gives it up says what became of the goods.</param>
/// <param name="LastActor">Who caused the last change.</param>
/// <param name="Tasks">The count of changes to its operator tasks.</param>
internal readonly record struct DeliveryVersion(
    DeliveryState State,
    DeliveryFailureReason? Failure,
    bool HasLeft,
    Actor LastActor,
    int Tasks
);
