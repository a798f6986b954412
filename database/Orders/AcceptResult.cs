using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.ReadModel;

namespace TemporalDelivery.Database.Orders;

/// <summary>What became of a request to accept orders.</summary>
public abstract record AcceptResult
{
    private AcceptResult() { }

    /// <summary>All are stored as PENDING and their workflows will be started.</summary>
    /// <param name="Orders">Their first rows of the read model, in the order of the request.</param>
    public sealed record Accepted(IReadOnlyList<OrderDocument> Orders) : AcceptResult;

    /// <summary>The same request was accepted before: nothing was stored, give this answer again.</summary>
    public sealed record Repeated(IdempotentAnswer Answer) : AcceptResult;

    /// <summary>The key was used before for another body: nothing was stored.</summary>
    public sealed record KeyReused : AcceptResult;
}
