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
        var known = await ReadAsync(request, drafts, cancellationToken);
        switch (known.Key)
        {
            // Before the rules: what was accepted once is answered so again, whatever has happened to the catalogue since.
            case KeyLookup.Answered earlier:
                return new IntakeOutcome.Accepted(earlier.Answer);
            case KeyLookup.OtherBody:
                return new IntakeOutcome.KeyReused();
        }

        var facts = known.Facts;
        var (faults, _) = await JudgeAsync(body, drafts, facts, cancellationToken);
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

    /// <summary>Says what an order would cost, and what would have it refused.</summary>
    /// <param name="body">The order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QuoteResponse> QuoteAsync(OrderRequest body, CancellationToken cancellationToken)
    {
        // Who asks for a price need not have said yet how it is paid.
        var order = new OrdersBody([body with { PaymentToken = body.PaymentToken ?? "not yet known" }], IsArray: false, Hash: []);
        var draft = Draft(order.Orders[0]);
        var facts = (await ReadAsync(null, [draft], cancellationToken)).Facts[draft.CustomerId];
        var (faults, voucherCents) = await JudgeAsync(
            order,
            [draft],
            new Dictionary<Guid, OrderFacts> { [draft.CustomerId] = facts },
            cancellationToken
        );
        var lines = OrderRules
            .PricedLines(draft with { Lines = [.. draft.Lines.Take(OrderRules.MaxLines).Where(IsPossible)] }, facts)
            .Select(line => new OrderLineResponse(line.Sku, line.Name, line.Kind, line.Quantity, line.UnitPriceCents))
            .ToList();
        var total = lines.Sum(line => line.Quantity * line.UnitPriceCents);
        var discount = Math.Min(voucherCents, total);
        return new(lines, total, discount, total - discount, "EUR", faults);

        bool IsPossible(DraftLine line) =>
            line is { Sku: { } sku, Quantity: >= 1 and <= OrderRules.MaxQuantity } && facts.Catalogue.ContainsKey(sku);
    }

    private Task<IntakeFacts> ReadAsync(
        IdempotentRequest? request,
        IReadOnlyCollection<OrderDraft> drafts,
        CancellationToken cancellationToken
    ) =>
        reader.ReadAsync(
            request,
            drafts.Select(draft => draft.CustomerId),
            drafts.SelectMany(draft => draft.Lines.Take(OrderRules.MaxLines)).Select(line => line.Sku).OfType<string>(),
            cancellationToken
        );

    // Everything that is wrong with the orders, and what their vouchers are good for.
    private async Task<(IReadOnlyList<Fault> Faults, long VoucherCents)> JudgeAsync(
        OrdersBody body,
        IReadOnlyCollection<OrderDraft> drafts,
        IReadOnlyDictionary<Guid, OrderFacts> facts,
        CancellationToken cancellationToken
    )
    {
        var faults = drafts.SelectMany((draft, index) => Faults(draft, facts[draft.CustomerId], body.IsArray ? $"#/{index}" : "#"));
        var looked = await vouchers.LookAsync(TypedVouchers(body), cancellationToken);
        return ([.. faults, .. looked.Faults], looked.AmountCents);
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
