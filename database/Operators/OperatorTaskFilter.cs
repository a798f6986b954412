using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Operators;

/// <summary>Which tasks to list.</summary>
/// <param name="Open">The open ones, or the closed.</param>
/// <param name="Kind">Only those of this kind.</param>
/// <param name="ClaimedBy">Only those that this operator works on.</param>
/// <param name="OrderId">Only those about this order.</param>
/// <param name="OlderThan">Only those opened at least so long ago.</param>
public sealed record OperatorTaskFilter(
    bool Open = true,
    OperatorTaskKind? Kind = null,
    Actor? ClaimedBy = null,
    Guid? OrderId = null,
    TimeSpan? OlderThan = null
);
