using System.Text;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Vouchers;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>Accepts orders that the rules in <see cref="OrderRules"/> let through, all of a request or none.</summary>
internal sealed class OrderIntake(IntakeReader reader, OrderStore store, VoucherCheck vouchers)
{
    private const int Created = StatusCodes.Status201Created;

    /// <summary>Accepts, repeats an earlier answer, or refuses with every fault of every order.</summary>
    /// <param name="body">What was asked for.</param>
    /// <param name="key">The request's idempotency key, if any.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Stops accepting; all of the orders are stored or none.</param>
    public async Task<IntakeOutcome> AcceptAsync(OrdersBody body, string? key, Caller caller, CancellationToken cancellationToken)
    {
        var request = key is null ? null : new IdempotentRequest($"{caller.Actor} POST /orders", key, body.Hash);
        var drafts = body.Orders.Select(Draft).ToList();
        var known = await reader.ReadAsync(
            request,
            drafts.Select(draft => draft.CustomerId),
            drafts.SelectMany(draft => draft.Lines.Take(OrderRules.MaxLines)).Select(line => line.Sku).OfType<string>(),
            cancellationToken
        );
        switch (known.Key)
        {
            // Before the rules: what was accepted once is answered so again, whatever has happened to the catalogue since.
            case KeyLookup.Answered earlier:
                return new IntakeOutcome.Accepted(earlier.Answer);
            case KeyLookup.OtherBody:
                return new IntakeOutcome.KeyReused();
        }

        var facts = known.Facts;
        var faults = drafts
            .SelectMany((draft, index) => Faults(draft, facts[draft.CustomerId], body.IsArray ? $"#/{index}" : "#"))
            .ToList();
        faults.AddRange(await vouchers.FaultsAsync(TypedVouchers(body), cancellationToken));
        if (faults.Count > 0)
        {
            return new IntakeOutcome.Refused(faults);
        }

        var orders = drafts.Select((draft, index) => Order(draft, body.Orders[index].VoucherCode, facts[draft.CustomerId])).ToList();
        var frame = body.IsArray
            ? new AnswerFrame(Created, null, "[", "]")
            : new AnswerFrame(Created, $"/orders/{orders[0].OrderId}", "", "");
        return await store.AcceptAsync(orders, caller.Actor, request, frame, cancellationToken) is AcceptResult.Accepted accepted
            ? new IntakeOutcome.Accepted(accepted.Answer)
            : new IntakeOutcome.KeyReused();
    }

    private static List<TypedVoucher> TypedVouchers(OrdersBody body) =>
        [
            .. body
                .Orders.Index()
                .Where(order => !string.IsNullOrWhiteSpace(order.Item.VoucherCode))
                .Select(order => new TypedVoucher(
                    body.IsArray ? $"#/{order.Index}/voucherCode" : "#/voucherCode",
                    order.Item.VoucherCode!,
                    order.Item.CustomerId ?? Guid.Empty
                )),
        ];

    private static OrderDraft Draft(OrderRequest order) =>
        new(
            order.CustomerId ?? Guid.Empty,
            [.. (order.Lines ?? []).Select(line => new DraftLine(line?.Sku, line?.Quantity ?? 0))],
            order.DeliveryAddress,
            order.PaymentToken
        );

    private static IEnumerable<Fault> Faults(OrderDraft draft, OrderFacts facts, string root) =>
        OrderRules.Faults(draft, facts).Select(fault => new Fault($"{root}{Pointer(fault.Field)}", fault.Code, fault.Message));

    // From the rules' path (lines[2].quantity) to a JSON pointer (/lines/2/quantity).
    private static StringBuilder Pointer(string field) =>
        new StringBuilder("/").Append(field).Replace("].", "/").Replace("]", "").Replace('[', '/').Replace('.', '/');

    private static AcceptedOrder Order(OrderDraft draft, string? voucherCode, OrderFacts facts) =>
        new(
            Guid.CreateVersion7(),
            draft.CustomerId,
            Attempt: 1,
            OrderRules.PricedLines(draft, facts),
            OrderRules.AddressFor(draft, facts),
            draft.PaymentToken!,
            string.IsNullOrWhiteSpace(voucherCode) ? null : voucherCode.Trim()
        );
}
