using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace TemporalDelivery.Chaos.Audit;

/// <summary>All that the tables and ledgers say of what deviates, for whoever looks for the cause.</summary>
internal static partial class CaseFile
{
    private const string RowsSql = """
        with concerned as (
            select order_id from orders.orders where order_id = @Id
            union select order_id from deliveries.delivery_orders where delivery_order_id = @Id
        ), deliveries_concerned as (
            select delivery_order_id from deliveries.delivery_orders join concerned using (order_id)
        )
        select 'order ' || to_jsonb(t)::text from orders.orders t join concerned using (order_id)
        union all select 'lines ' || to_jsonb(t)::text from orders.order_lines t join concerned using (order_id)
        union all (select 'audit ' || to_jsonb(t)::text from orders.order_audit t join concerned using (order_id) order by audit_id)
        union all select 'start ' || to_jsonb(t)::text from orders.starts t join concerned using (order_id)
        union all select 'reservation ' || to_jsonb(t)::text from orders.reservations t join concerned using (order_id)
        union all select 'payment ' || to_jsonb(t)::text from orders.payments t join concerned using (order_id)
        union all select 'grant ' || to_jsonb(t)::text from orders.digital_grants t join concerned using (order_id)
        union all select 'use ' || to_jsonb(t)::text from vouchers.uses t join concerned using (order_id)
        union all select 'task ' || to_jsonb(t)::text from orders.operator_tasks t join concerned using (order_id)
        union all select 'delivery ' || to_jsonb(t)::text from deliveries.delivery_orders t join concerned using (order_id)
        union all (
            select 'delivery audit ' || to_jsonb(t)::text from deliveries.delivery_audit t join deliveries_concerned using (delivery_order_id)
            order by audit_id)
        union all (
            select 'inbox ' || to_jsonb(t)::text from messages.inbox t
            where aggregate_id in (select order_id from concerned union select delivery_order_id from deliveries_concerned)
            order by inbox_id)
        union all (
            select 'event ' || to_jsonb(t)::text from events t join concerned using (order_id) order by t.position)
        union all select 'mail ' || to_jsonb(t)::text from messages.mails t join concerned using (order_id)
        union all select 'webhook ' || to_jsonb(t)::text from messages.webhook_deliveries t join concerned using (order_id)
        union all select 'parked ' || to_jsonb(t)::text from messages.parked t join concerned using (order_id)
        union all (
            select 'received ' || to_jsonb(t)::text from received t join events using (event_id) join concerned using (order_id)
            order by t.reader, t.receiver, t.turn)
        """;

    /// <summary>Writes it down.</summary>
    public static async Task WriteAsync(
        string path,
        NpgsqlConnection connection,
        IReadOnlyList<Difference> differences,
        Evidence evidence,
        CancellationToken cancellationToken
    )
    {
        string[] ledger =
        [
            .. await File.ReadAllLinesAsync(evidence.PaymentsLedger, cancellationToken),
            .. await File.ReadAllLinesAsync(evidence.PartnerLedger, cancellationToken),
        ];
        await using var file = new StreamWriter(path);
        foreach (var difference in differences)
        {
            await file.WriteLineAsync(difference.ToString());
            if (!Guid.TryParse(Uuid().Match(difference.Subject).Value, out var id))
            {
                continue;
            }

            var rows = await connection.QueryAsync<string>(RowsSql, new { Id = id });
            foreach (var line in rows.Concat(ledger.Where(line => line.Contains(id.ToString(), StringComparison.Ordinal))))
            {
                await file.WriteLineAsync($"    {line}");
            }
        }
    }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}
