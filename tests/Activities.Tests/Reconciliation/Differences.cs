namespace TemporalDelivery.Activities.Tests.Reconciliation;

/// <summary>The operators' tasks, as the tests of comparisons look at them.</summary>
internal static class Differences
{
    /// <summary>Every task: its key from the book on, how often it has changed and whether it is open; in the order of opening.</summary>
    public static Task<IReadOnlyList<string>> TasksAsync(this Shop shop) =>
        shop.ListAsync<string>(
            """
            select split_part(task_key, '/', case when task_key like 'order-%' then 5 else 4 end) || ' ' || version
                || case when closed_at is null then ' open' else ' closed by ' || closed_by end
            from orders.operator_tasks
            where kind = 'BOOKS_DIFFER'
            order by opened_at, task_id
            """
        );

    /// <summary>An operator closes the task that is open.</summary>
    public static Task CloseTaskAsync(this Shop shop) =>
        shop.ExecuteAsync(
            """
            update orders.operator_tasks
            set closed_at = now(), closed_by = 'operator:jane', resolution = 'NOTHING_TO_DO', reason = 'it is so', version = version + 1
            where closed_at is null
            """
        );
}
