using TemporalDelivery.Workflows;

namespace TemporalDelivery.Database.Orders;

/// <summary>Somebody wants an order cancelled.</summary>
/// <param name="Id">Known again when it is asked twice; the id of the workflow update that it becomes.</param>
/// <param name="OrderId">Which order.</param>
/// <param name="Actor">Who wants it.</param>
/// <param name="Reason">Why.</param>
public sealed record OrderCancellation(string Id, Guid OrderId, Actor Actor, string Reason);

/// <summary>A cancellation that the order's workflow has yet to grant or refuse.</summary>
/// <param name="Cancellation">What is asked.</param>
/// <param name="Tries">How often the workflow has not answered.</param>
public sealed record OpenCancellation(OrderCancellation Cancellation, int Tries = 0);

/// <summary>Where a cancellation stands.</summary>
public abstract record CancellationStanding
{
    private CancellationStanding() { }

    /// <summary>The order is CANCELLED by it.</summary>
    public sealed record Granted : CancellationStanding;

    /// <summary>The order goes on.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Refused(string Reason) : CancellationStanding;

    /// <summary>The order was over before it was asked.</summary>
    /// <param name="Status">Its status, by wire name.</param>
    public sealed record Over(string Status) : CancellationStanding;

    /// <summary>It is stored, and the order's workflow is to be asked.</summary>
    /// <param name="Cancellation">This one, or the one that it shares the outcome of.</param>
    public sealed record Open(OpenCancellation Cancellation) : CancellationStanding;
}
