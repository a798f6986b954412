using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Database.Orders;

/// <summary>What became of a request to accept orders.</summary>
public abstract record AcceptResult
{
    private AcceptResult() { }

    /// <summary>All are stored as PENDING and their workflows will be started, by this request or by an earlier one of its key.</summary>
    /// <param name="Answer">With the first rows of the read model, in the order of the request.</param>
    public sealed record Accepted(IdempotentAnswer Answer) : AcceptResult;

    /// <summary>The key was used before for another body: nothing was stored.</summary>
    public sealed record KeyReused : AcceptResult;
}
