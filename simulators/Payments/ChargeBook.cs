using System.Globalization;
using TemporalDelivery.Simulators.Hosting;
using TemporalDelivery.Simulators.Ledgers;

namespace TemporalDelivery.Simulators.Payments;

/// <summary>All charges there ever were, as the ledger tells them. Nothing is answered that is not in the ledger.</summary>
internal sealed class ChargeBook
{
    private readonly Ledger<PaymentEntry> ledger;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Charge> byId = [];
    private readonly List<string> ids = [];
    private readonly Dictionary<string, string> idByKey = [];
    private readonly Dictionary<(Guid OrderId, int Attempt), string> idByOrder = [];

    public ChargeBook(Ledger<PaymentEntry> ledger, TimeProvider clock)
    {
        this.ledger = ledger;
        this.clock = clock;
        foreach (var entry in ledger.Recovered)
        {
            Apply(entry, Task.CompletedTask);
        }
    }

    /// <summary>Every charge, in no order.</summary>
    public IReadOnlyList<Charge> All
    {
        get
        {
            lock (gate)
            {
                return [.. byId.Values];
            }
        }
    }

    /// <summary>Charges once per idempotency key.</summary>
    /// <returns>The charge and whether it is new; a null charge when the key was used for another request.</returns>
    public async Task<(Charge? Charge, bool New)> ChargeAsync(string key, ChargeRequest request)
    {
        var fingerprint = RequestFingerprint.Of(request);
        Charge charge;
        bool known;
        lock (gate)
        {
            known = idByKey.TryGetValue(key, out var id);
            if (id is null)
            {
                id = string.Create(CultureInfo.InvariantCulture, $"pay_{byId.Count + 1:D8}");
                var verdict = Verdict.On(request.PaymentToken, request.Attempt);
                Write(
                    new PaymentEntry.Charged(
                        clock.GetUtcNow(),
                        id,
                        key,
                        fingerprint,
                        request.OrderId,
                        request.Attempt,
                        request.AmountCents,
                        request.Currency,
                        verdict.Status,
                        verdict.Reason,
                        verdict.Ends
                    )
                );
            }

            charge = byId[id];
        }

        await charge.Durable;
        return charge.Charged.Request == fingerprint ? (charge, !known) : (null, false);
    }

    /// <summary>The charge with that id; null when there is none.</summary>
    public Task<Charge?> FindAsync(string paymentId) => FindAsync(() => byId.GetValueOrDefault(paymentId));

    /// <summary>The first charge for this attempt at an order; null when there is none.</summary>
    public Task<Charge?> FindAsync(Guid orderId, int attempt) =>
        FindAsync(() => idByOrder.TryGetValue((orderId, attempt), out var id) ? byId[id] : null);

    /// <summary>The charges of a part of the list, oldest first, and the next part's cursor; null when the cursor is unknown.</summary>
    public async Task<(IReadOnlyList<Charge> Charges, string? Next)?> ListAsync(ListRequest request)
    {
        List<Charge> charges;
        string? next;
        lock (gate)
        {
            if (request.Select(ids, id => byId[id].Charged.At) is not { } page)
            {
                return null;
            }

            charges = [.. page.Ids.Select(id => byId[id])];
            next = page.Next;
        }

        await Task.WhenAll(charges.Select(charge => charge.Durable));
        return (charges, next);
    }

    /// <summary>Ends a pending charge; null when it is not pending any more.</summary>
    public async Task<PaymentEntry.Decided?> DecideAsync(string paymentId, bool unsent)
    {
        PaymentEntry.Decided decided;
        Task durable;
        lock (gate)
        {
            var charge = byId[paymentId];
            if (charge.Outcome != ChargeStatus.Pending || charge.Refunded is not null || charge.Charged.Ends is not { } ends)
            {
                return null;
            }

            var at = clock.GetUtcNow();
            var reason = ends == ChargeStatus.Declined ? "The card's bank declined in the end." : null;
            decided = new(
                at,
                paymentId,
                ends,
                new(
                    $"evt_{Guid.CreateVersion7(at):N}",
                    "payment." + ends,
                    paymentId,
                    charge.Charged.OrderId,
                    charge.Charged.Attempt,
                    reason,
                    at
                ),
                unsent
            );
            durable = Write(decided);
        }

        await durable;
        return decided;
    }

    /// <summary>Gives the money back, once: the same key again is answered the same.</summary>
    /// <returns>Null when it worked, otherwise why it is refused.</returns>
    public async Task<string?> RefundAsync(string key, string paymentId)
    {
        Task durable;
        lock (gate)
        {
            var charge = byId[paymentId];
            if (charge.Outcome == ChargeStatus.Declined)
            {
                return $"Payment {paymentId} was declined: there is nothing to give back.";
            }

            if (charge.Refunded is { } earlier && earlier.IdempotencyKey != key)
            {
                return $"Payment {paymentId} was refunded under another idempotency key.";
            }

            durable = charge.Refunded is not null
                ? charge.Durable
                : Write(new PaymentEntry.Refunded(clock.GetUtcNow(), paymentId, key, charge.Charged.OrderId, charge.Charged.AmountCents));
        }

        await durable;
        return null;
    }

    /// <summary>
    /// Records that a charge's event was received. Should that be lost, the event is sent once more, which its receiver bears.
    /// </summary>
    public Task AcknowledgeAsync(PaymentEntry.Decided decided)
    {
        lock (gate)
        {
            return Write(new PaymentEntry.Acknowledged(clock.GetUtcNow(), decided.PaymentId, decided.Event.EventId));
        }
    }

    private async Task<Charge?> FindAsync(Func<Charge?> find)
    {
        Charge? charge;
        lock (gate)
        {
            charge = find();
        }

        await (charge?.Durable ?? Task.CompletedTask);
        return charge;
    }

    private Task Write(PaymentEntry entry)
    {
        var durable = ledger.AppendAsync(entry);
        Apply(entry, durable);
        return durable;
    }

    private void Apply(PaymentEntry entry, Task durable)
    {
        if (entry is PaymentEntry.Charged charged)
        {
            byId[charged.PaymentId] = new Charge(charged, durable);
            ids.Add(charged.PaymentId);
            idByKey[charged.IdempotencyKey] = charged.PaymentId;
            idByOrder.TryAdd((charged.OrderId, charged.Attempt), charged.PaymentId);
        }
        else
        {
            byId[entry.PaymentId] = byId[entry.PaymentId].After(entry, durable);
        }
    }
}
