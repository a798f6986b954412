namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What may be asked of a delivery as it stands: by the graph, and by where its parcel is.</summary>
/// <param name="Graph">The graph that it lives by.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="IsKept">The partner did not give up the booking when an operator asked: whatever we were told, the parcel has left.</param>
/// <param name="CustomerId">Whose it is.</param>
internal readonly record struct RequestRules(DeliveryGraph Graph, DeliveryStanding Standing, bool IsKept, Guid CustomerId)
{
    private static readonly string GoodsOutcomes = string.Join(", ", WireNames.All<GoodsOutcome>());

    /// <summary>Why this may not be asked now; null when it may.</summary>
    public string? Refusal(DeliveryRequest request) =>
        CustomerRefusal(request.Actor)
        ?? Graph.Refusal(Standing.State, request.EventName, request.Actor.Kind)
        ?? (request.Failure is { } reason ? Graph.ReasonRefusal(Standing.State, request.EventName, reason) : null)
        ?? GoodsRefusal(request);

    /// <summary>Why a decision may not be made now by whoever says it; null when it may.</summary>
    public string? Refusal(DeliveryDecision decision) =>
        decision.Actor.Kind != ActorKind.Operator ? $"only an operator may resolve a delivery, not {decision.Actor}"
        : string.IsNullOrWhiteSpace(decision.Reason) ? "a decision needs a reason"
        : Refusal(DeliveryRequest.Of(decision));

    /// <summary>That the parcel has left: what an operator has to say then, and why nobody else may give it up.</summary>
    public static string HasLeft(DeliveryRequest request) =>
        request.Actor.Kind == ActorKind.Operator
            ? $"the partner has picked up the delivery: {request.EventName} has to say what became of the goods ({GoodsOutcomes})"
            : "the partner has picked up the delivery";

    private string? CustomerRefusal(Actor actor) =>
        actor.Kind == ActorKind.Customer && actor != Actor.Customer(CustomerId)
            ? $"the delivery is another customer's, not {actor}'s"
            : null;

    // An operator who gives up a parcel that has left has to say what became of its goods; nobody else may.
    private string? GoodsRefusal(DeliveryRequest request) =>
        (request.Goods, request.GivesUp) switch
        {
            (null, true) when Standing.PickedUp => HasLeft(request),
            (null, _) => null,
            (_, false) => $"{request.EventName} says nothing of the goods",
            _ when Standing.PickedUp || IsKept => null,
            _ => $"the partner has not picked up the delivery: {request.EventName} says nothing of the goods",
        };
}
