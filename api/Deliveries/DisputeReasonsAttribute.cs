using TemporalDelivery.Api.Requests;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Api.Deliveries;

/// <summary>Says that a text is a reason for which somebody may dispute a delivery, by the graph.</summary>
internal sealed class DisputeReasonsAttribute() : OneOfAttribute(All)
{
    private const string Dispute = "DISPUTE";

    /// <summary>The reasons.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. DeliveryGraph
            .OfVersion(DeliveryGraph.CurrentVersion)
            .Moves.Where(move => move.Event == Dispute)
            .SelectMany(move => move.Reasons)
            .Distinct()
            .Order()
            .Select(reason => reason.WireName()),
    ];
}
