using TemporalDelivery.Api.Problems;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Orders;

/// <summary>What became of a <c>POST /orders</c>.</summary>
internal abstract record IntakeOutcome
{
    private IntakeOutcome() { }

    /// <summary>All are accepted, now or by the same request before.</summary>
    public sealed record Accepted(IdempotentAnswer Answer) : IntakeOutcome;

    /// <summary>None is accepted.</summary>
    public sealed record Refused(IReadOnlyList<Fault> Faults) : IntakeOutcome;

    /// <summary>The idempotency key was used for another body.</summary>
    public sealed record KeyReused : IntakeOutcome;
}
