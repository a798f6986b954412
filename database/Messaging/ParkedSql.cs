namespace TemporalDelivery.Database.Messaging;

/// <summary>
/// What an operator's word does to an event that a reader has parked, which the task <c>@TaskId</c> tells of. Its reader does the rest, in
/// a round of its own: what comes in meanwhile about the same order is in its place.
/// </summary>
internal static class ParkedSql
{
    /// <summary>The task's key of a parked event <c>p</c>.</summary>
    public const string TaskKey = "'outbox/' || p.reader || '/' || p.order_id";

    /// <summary>The task's occasion of it: another for each time that it could not be dealt with.</summary>
    public const string Occasion = "p.position || '/' || p.tries";

    /// <summary>It is due now.</summary>
    public const string Retry = $"update messages.parked p set next_try_at = now() where {IsTold}";

    /// <summary>It is given up; what waits behind it is due after it.</summary>
    public const string Drop = $"update messages.parked p set next_try_at = now(), given_up = true where {IsTold}";

    // It may have been tried again since.
    private const string IsTold = $"""
        ({TaskKey}, p.position::text) =
            (select task_key, split_part(occasion, '/', 1) from orders.operator_tasks where task_id = @TaskId)
        """;
}
