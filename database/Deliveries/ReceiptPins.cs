using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Database.Deliveries;

/// <summary>
/// The PINs that people give for a parcel's receipt. Six digits can be tried out: after five wrong ones none is right for an hour, and an
/// operator is told. Whoever sends the same try again has not tried again.
/// </summary>
public sealed class ReceiptPins(NpgsqlDataSource source, ReceiptPin pins)
{
    private const int MostWrong = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromHours(1);

    /// <summary>The PIN to show to whom the parcel belongs; null when there are none.</summary>
    public string? Of(Guid deliveryOrderId) => pins.Of(deliveryOrderId);

    /// <summary>Which key makes PINs now; empty when there is none, and so no PIN.</summary>
    public string Generation => pins.Generation;

    /// <summary>
    /// Checks a PIN. A wrong one counts until the delivery is over, which forgets them; a right one makes up for those before it.
    /// </summary>
    /// <param name="deliveryOrderId">Which parcel: there is one of this id.</param>
    /// <param name="pin">What somebody says the PIN is.</param>
    /// <param name="tryId">Which try it is: one that is sent again counts once.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PinCheck> CheckAsync(Guid deliveryOrderId, string pin, string tryId, CancellationToken cancellationToken)
    {
        var isRight = pins.IsRight(deliveryOrderId, pin);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<TriesRow>(
            new CommandDefinition(
                $"{(isRight ? MakeUpSql : CountSql)}; {StandingSql}",
                new
                {
                    DeliveryOrderId = deliveryOrderId,
                    TryId = tryId,
                    MostWrong,
                    Lock,
                    TaskId = Guid.CreateVersion7(),
                    Kind = OperatorTaskKind.ReceiptLocked.WireName(),
                },
                cancellationToken: cancellationToken
            )
        );
        return row is { LockedTill: { } till } ? new PinCheck(false, 0, till) : new PinCheck(isRight, MostWrong - (row?.Wrong ?? 0), null);
    }

    /// <summary>An event of the partner, proven if it came with the right PIN.</summary>
    public async Task<PartnerEvent> ProveAsync(
        Guid deliveryOrderId,
        PartnerEvent partnerEvent,
        string? pin,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(partnerEvent);
        var isProven =
            pin is not null
            && partnerEvent.Type == DeliveryEvents.Delivered
            && Generation.Length > 0
            && (await CheckAsync(deliveryOrderId, pin, $"partner {partnerEvent.EventId}", cancellationToken)).IsRight;
        return partnerEvent with { IsProven = isProven };
    }

    private const string MakeUpSql = """
        delete from deliveries.receipt_tries
        where delivery_order_id = @DeliveryOrderId and (locked_till is null or locked_till <= now())
        """;

    private static readonly string CountSql = $"""
        with counted as (
            insert into deliveries.receipt_tries as t (delivery_order_id, wrong)
            select delivery_order_id, array[@TryId] from deliveries.delivery_orders where delivery_order_id = @DeliveryOrderId and active
            on conflict (delivery_order_id) do update
            set wrong = case
                    when t.locked_till is not null then array[@TryId]
                    when @TryId = any(t.wrong) then t.wrong
                    else t.wrong || @TryId
                end,
                locked_till = case
                    when t.locked_till is null and not @TryId = any(t.wrong) and cardinality(t.wrong) + 1 >= @MostWrong then now() + @Lock
                end
            where t.locked_till is null or t.locked_till <= now()
            returning t.delivery_order_id, t.wrong, t.locked_till
        ), opening as (
            select @TaskId as task_id, 'delivery-' || delivery_order_id || '/pin' as task_key, locked_till::text as occasion, @Kind as kind,
                d.order_id, delivery_order_id, null as workflow_run,
                @MostWrong || ' wrong PINs were given: until ' || to_char(c.locked_till at time zone 'UTC', 'YYYY-MM-DD HH24:MI') ||
                    ' UTC no PIN confirms the receipt' as detail
            from counted c join deliveries.delivery_orders d using (delivery_order_id)
            where c.locked_till is not null
        )
        {OperatorTaskSql.Open("opening")}
        """;

    // A statement of its own: it sees the tries that were counted while the first one waited for them.
    private const string StandingSql = """
        select cardinality(wrong) as wrong, case when locked_till > now() then locked_till end as locked_till
        from deliveries.receipt_tries
        where delivery_order_id = @DeliveryOrderId
        """;

    private sealed record TriesRow(int Wrong, DateTime? LockedTill);
}

/// <summary>Registers <see cref="ReceiptPins"/>.</summary>
public static class ReceiptPinsSetup
{
    /// <summary>PINs made and checked with these keys.</summary>
    public static IServiceCollection AddReceiptPins(this IServiceCollection services, IReadOnlyList<byte[]> keys) =>
        services.AddSingleton(new ReceiptPin(keys)).AddSingleton<ReceiptPins>();
}
