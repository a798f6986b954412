namespace TemporalDelivery.Database.Orders;

/// <summary>
/// How many orders may be between their start and their first durable wait: about two seconds of work. So a burst is worked off in the
/// order of its acceptance instead of breadth-first. What the limit goes by is in the database alone, so that all relays share it.
/// </summary>
internal static class StartWindow
{
    /// <summary>
    /// The attempt <c>@Attempt</c> of the order <c>@OrderId</c> waits for the world outside (a pending payment, a courier), or has ended:
    /// another may be started. For the transaction that stores that; once is enough, and again is nothing.
    /// </summary>
    internal const string Leave = """
        update orders.starts set waiting_at = now() where order_id = @OrderId and attempt = @Attempt and waiting_at is null
        """;

    /// <summary>
    /// How many more may be started: by Little's law what has left in the last two seconds is two seconds of work, and the floor lets the
    /// window grow. An order that was taken ten seconds ago is stuck; it holds up nobody.
    /// </summary>
    internal const string Room = """
        select greatest(0,
            least(
                50 + (select count(*) from orders.starts where waiting_at > now() - interval '2 seconds'),
                1000)
            - (select count(*) from orders.starts where waiting_at is null and taken_at > now() - interval '10 seconds'))
        """;
}
