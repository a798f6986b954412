namespace TemporalDelivery.Database.Messaging;

/// <summary>What an operator's word does to what a reader has parked. The task <c>@TaskId</c> is of one reader and one order.</summary>
internal static class ParkedSql
{
    /// <summary>The task's key of a parked event <c>p</c>.</summary>
    public const string TaskKey = "'outbox/' || p.reader || '/' || p.order_id";

    /// <summary>The first of the order is due now.</summary>
    public const string Retry = $"""
        update messages.parked p set next_try_at = now() where {IsFirst}
        """;

    /// <summary>The first of the order is given up; what waited behind it is due.</summary>
    public const string Drop = $"""
        with dropped as (
            delete from messages.parked p where {IsFirst} returning p.reader, p.order_id, p.position
        )
        update messages.parked p
        set next_try_at = now(), reason = 'what it waited behind was given up'
        where p.position = (
            select min(w.position)
            from messages.parked w join dropped d using (reader, order_id)
            where w.reader = p.reader and w.order_id = p.order_id and w.position <> d.position)
        """;

    private const string IsFirst = $"""
        {TaskKey} = (select task_key from orders.operator_tasks where task_id = @TaskId)
            and p.position = (select min(f.position) from messages.parked f where f.reader = p.reader and f.order_id = p.order_id)
        """;
}
