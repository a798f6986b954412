namespace TemporalDelivery.Database.Operators;

/// <summary>
/// How operator tasks are opened and closed, by whatever statement: most are in the transaction of what they tell of.
/// <para>
/// A task has a key and an occasion. Of one key one task is open: what happens again while it is open becomes its detail, and after it was
/// closed a new task. The occasion tells that from a repetition: it is made by whoever notices the happening, once (a workflow from its run
/// and a counter; '' where the thing can happen once only), and travels with the message. A retried or replayed opening bears the occasion
/// of the first, even when its answer was lost and it comes after the closing, and opens nothing.
/// </para>
/// </summary>
internal static class OperatorTaskSql
{
    /// <summary>
    /// Opens the tasks of <paramref name="relation"/>, whose columns are <c>task_id, task_key, occasion, kind, order_id, delivery_order_id,
    /// workflow_run, detail</c>.
    /// </summary>
    public static string Open(string relation) =>
        $"""
            insert into orders.operator_tasks as t
                (task_id, task_key, occasion, occurrence, kind, order_id, delivery_order_id, workflow_run, detail)
            select o.task_id, o.task_key, o.occasion,
                (select count(*) + 1 from orders.operator_tasks k where k.task_key = o.task_key),
                o.kind, o.order_id, o.delivery_order_id, o.workflow_run, o.detail
            from {relation} o
            where not exists (select from orders.operator_tasks k where k.task_key = o.task_key and k.occasion = o.occasion)
            on conflict (task_key) where closed_at is null do update
            set occasion = excluded.occasion, detail = excluded.detail, workflow_run = excluded.workflow_run, announced_at = null,
                version = t.version + 1
            where t.occasion <> excluded.occasion
            """;

    /// <summary>Closes the open tasks (<c>t</c>) for which the condition holds.</summary>
    /// <param name="by">An expression: who closes it.</param>
    /// <param name="reason">An expression: how it ended, in a sentence.</param>
    /// <param name="condition">Which tasks.</param>
    /// <param name="from">What else the condition speaks of.</param>
    public static string Close(string by, string reason, string condition, string? from = null) =>
        $"""
            update orders.operator_tasks t
            set closed_at = now(), closed_by = {by}, reason = {reason}, version = t.version + 1
            {(from is null ? "" : $"from {from}")}
            where t.closed_at is null and {condition}
            """;
}
