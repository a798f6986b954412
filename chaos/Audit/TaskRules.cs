namespace TemporalDelivery.Chaos.Audit;

/// <summary>Operators are asked for what the system cannot do, and for nothing else.</summary>
internal static class TaskRules
{
    public static readonly IReadOnlyList<Rule> All =
    [
        new(
            "tasks",
            "Every open task matches an injected fault by kind. Where nothing was injected but kills, none is open.",
            """
            select t.order_id::text, 'no open task without its fault', t.kind || ': ' || t.detail
            from open_tasks t
            where t.kind not in ('STORY_LOST', 'CANCEL_REFUSED') and (
                t.kind not in (select task_kind from accountable)
                or (t.kind = 'DELIVERY_PENDING'
                    and not exists (select from planned p where p.order_id = t.order_id and p.disputed)
                    and not exists (
                        select from bookings b
                        where b.delivery_order_id = t.delivery_order_id and (b.fails is not null or not b.accepted or b.has_lost_events))))
            """
        ),
        new(
            "meddling tasks",
            "Every order that was found without a run was terminated, and every cancellation that was refused was asked for: of this very"
                + " order or delivery, with Temporal's own tools or by the clerk. That holds for tasks that are closed, too.",
            """
            select t.order_id::text, 'no task without meddling', t.kind || ': ' || t.detail
            from orders.operator_tasks t
            where t.kind = 'STORY_LOST'
                    and not exists (select from meddled m where m.act = 'Terminate' and m.workflow_id = 'order-' || t.order_id)
                or t.kind = 'CANCEL_REFUSED'
                    and not exists (
                        select from meddled m
                        join refusals r using (act, workflow_id)
                        where r.task_id = t.task_id)
            """
        ),
        new(
            "decided tasks",
            "No order is without a run about which the clerk has decided as often as it was terminated: that it is to go on or be undone.",
            """
            select t.order_id::text, 'a run', t.kind || ': ' || t.detail
            from open_tasks t
            where t.kind = 'STORY_LOST' and (
                select count(*) filter (where m.act in ('Resume', 'Undo')) >= greatest(count(*) filter (where m.act = 'Terminate'), 1)
                from meddled m
                where m.workflow_id = 'order-' || t.order_id)
            """
        ),
        new(
            "idle tasks",
            "A task about a delivery that waits for an operator is open for as long as it waits.",
            """
            select d.order_id::text, case when d.state = 'PENDING_BY_OPERATOR' then 'an open task' else 'no open task' end
                || ' (' || d.state || ')', coalesce(t.kind, 'none')
            from deliveries.delivery_orders d
            left join open_tasks t on t.delivery_order_id = d.delivery_order_id and t.kind = 'DELIVERY_PENDING'
            where (d.state = 'PENDING_BY_OPERATOR') <> (t.task_id is not null)
            """
        ),
    ];
}
