using System.Text;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Orders;

/// <summary>Accepts orders that the rules in <see cref="OrderRules"/> let through, all of a request or none.</summary>
internal sealed class OrderIntake(CatalogueReader catalogue, IdempotencyKeys keys, OrderStore store)
{
    private const int Created = StatusCodes.Status201Created;

    /// <summary>Accepts, repeats an earlier answer, or refuses with every fault of every order.</summary>
    /// <param name="body">What was asked for.</param>
    /// <param name="key">The request's idempotency key, if any.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Until the commit.</param>
    public async Task<IntakeOutcome> AcceptAsync(OrdersBody body, string? key, Caller caller, CancellationToken cancellationToken)
    {
        // Before the rules: what was accepted once is answered so again, whatever has happened to the catalogue since.
        var request = key is null ? null : new IdempotentRequest($"{caller.Actor} POST /orders", key, body.Hash);
        if (request is not null && await keys.FindAsync(request, cancellationToken) is var known and not KeyLookup.Unused)
        {
            return known is KeyLookup.Answered { Answer: var earlier }
                ? new IntakeOutcome.Accepted(earlier)
                : new IntakeOutcome.KeyReused();
        }

        var drafts = body.Orders.Select(Draft).ToList();
        var facts = await catalogue.ReadFactsAsync(
            drafts.Select(draft => draft.CustomerId),
            drafts.SelectMany(draft => draft.Lines).Select(line => line.Sku).OfType<string>(),
            cancellationToken
        );
        var faults = drafts
            .SelectMany((draft, index) => Faults(draft, facts[draft.CustomerId], body.IsArray ? $"#/{index}" : "#"))
            .ToList();
        if (faults.Count > 0)
        {
            return new IntakeOutcome.Refused(faults);
        }

        var orders = drafts.Select((draft, index) => Order(draft, body.Orders[index].VoucherCode, facts[draft.CustomerId])).ToList();
        IdempotentAnswer Answer(IReadOnlyList<OrderDocument> documents) =>
            body.IsArray
                ? new(Created, null, $"[{string.Join(',', documents.Select(document => document.Json))}]")
                : new(Created, $"/orders/{documents[0].OrderId}", documents[0].Json);
        return await store.AcceptAsync(orders, caller.Actor, request, Answer, cancellationToken) switch
        {
            AcceptResult.Accepted accepted => new IntakeOutcome.Accepted(Answer(accepted.Orders)),
            AcceptResult.Repeated repeated => new IntakeOutcome.Accepted(repeated.Answer),
            _ => new IntakeOutcome.KeyReused(),
        };
    }

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
