using System.Globalization;
using TemporalDelivery.Simulators.Hosting;
using TemporalDelivery.Simulators.Ledgers;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>All deliveries the partner ever took, as its ledger tells them. Nothing is answered that is not in the ledger.</summary>
internal sealed class DeliveryBook
{
    private readonly Ledger<PartnerEntry> ledger;
    private readonly PartnerOptions options;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Delivery> byNumber = [];
    private readonly List<string> numbers = [];
    private readonly Dictionary<string, string> numberByKey = [];
    private readonly Dictionary<Guid, string> numberById = [];

    public DeliveryBook(Ledger<PartnerEntry> ledger, PartnerOptions options, TimeProvider clock)
    {
        this.ledger = ledger;
        this.options = options;
        this.clock = clock;
        foreach (var entry in ledger.Recovered)
        {
            Apply(entry, Task.CompletedTask);
        }
    }

    /// <summary>Every delivery, in no order.</summary>
    public IReadOnlyList<Delivery> All
    {
        get
        {
            lock (gate)
            {
                return [.. byNumber.Values];
            }
        }
    }

    /// <summary>Takes or refuses a booking, once per idempotency key.</summary>
    /// <returns>The delivery and whether it is new; a null delivery when the key was used for another request.</returns>
    public async Task<(Delivery? Delivery, bool New)> BookAsync(string key, BookingRequest request)
    {
        var fingerprint = RequestFingerprint.Of(request);
        Delivery delivery;
        bool known;
        lock (gate)
        {
            known = numberByKey.TryGetValue(key, out var number);
            if (number is null)
            {
                number = string.Create(CultureInfo.InvariantCulture, $"PD-{byNumber.Count + 1:D8}");
                var fate = Fate.Of(request, options.FailureRate);
                Write(
                    new PartnerEntry.Booked(
                        clock.GetUtcNow(),
                        number,
                        key,
                        fingerprint,
                        request.DeliveryOrderId,
                        request.OrderId,
                        request.Attempt,
                        fate.Accepted,
                        fate.Accepted ? null : fate.Reason,
                        fate.Accepted ? fate.Reason : null,
                        fate.Status,
                        fate.Held
                    )
                );
            }

            delivery = byNumber[number];
        }

        await delivery.Durable;
        return delivery.Booked.Request == fingerprint ? (delivery, !known) : (null, false);
    }

    /// <summary>The delivery for a delivery order, the first if it was booked twice; null when there is none.</summary>
    public async Task<Delivery?> FindAsync(Guid deliveryOrderId)
    {
        Delivery? delivery;
        lock (gate)
        {
            delivery = numberById.TryGetValue(deliveryOrderId, out var number) ? byNumber[number] : null;
        }

        await (delivery?.Durable ?? Task.CompletedTask);
        return delivery;
    }

    /// <summary>The deliveries of a part of the list, oldest first, and the next part's cursor; null when the cursor is unknown.</summary>
    public async Task<(IReadOnlyList<Delivery> Deliveries, string? Next)?> ListAsync(ListRequest request)
    {
        List<Delivery> deliveries;
        string? next;
        lock (gate)
        {
            if (request.Select(numbers, number => byNumber[number].Booked.At) is not { } page)
            {
                return null;
            }

            deliveries = [.. page.Ids.Select(number => byNumber[number])];
            next = page.Next;
        }

        await Task.WhenAll(deliveries.Select(delivery => delivery.Durable));
        return (deliveries, next);
    }

    /// <summary>Records what happened to a delivery; null when it was called off or that has happened already.</summary>
    public async Task<PartnerEntry.Happened?> HappenAsync(string number, string type, string? reason, bool unsent)
    {
        PartnerEntry.Happened happened;
        Task durable;
        lock (gate)
        {
            var delivery = byNumber[number];
            if (delivery.Cancelled || delivery.Happened.Any(earlier => earlier.Event.Type == type))
            {
                return null;
            }

            var at = clock.GetUtcNow();
            var note = reason is null ? null : $"The courier reports {reason}.";
            happened = new(
                at,
                number,
                new($"evt_{Guid.CreateVersion7(at):N}", type, delivery.Booked.DeliveryOrderId, number, reason, note, at),
                unsent
            );
            durable = Write(happened);
        }

        await durable;
        return happened;
    }

    /// <summary>Calls a delivery off; false when it was picked up before. Again is the same as once.</summary>
    public async Task<bool> CancelAsync(string number)
    {
        Task durable;
        lock (gate)
        {
            var delivery = byNumber[number];
            if (!delivery.Cancelled && !delivery.Happened.IsEmpty)
            {
                return false;
            }

            durable = delivery.Cancelled ? delivery.Durable : Write(new PartnerEntry.Cancelled(clock.GetUtcNow(), number));
        }

        await durable;
        return true;
    }

    /// <summary>Records that an event was received. Should that be lost, the event is sent once more, which its receiver bears.</summary>
    public Task AcknowledgeAsync(PartnerEntry.Happened happened)
    {
        lock (gate)
        {
            return Write(new PartnerEntry.Acknowledged(clock.GetUtcNow(), happened.Number, happened.Event.EventId));
        }
    }

    private Task Write(PartnerEntry entry)
    {
        var durable = ledger.AppendAsync(entry);
        Apply(entry, durable);
        return durable;
    }

    private void Apply(PartnerEntry entry, Task durable)
    {
        if (entry is PartnerEntry.Booked booked)
        {
            byNumber[booked.Number] = new Delivery(booked, durable);
            numbers.Add(booked.Number);
            numberByKey[booked.IdempotencyKey] = booked.Number;
            numberById.TryAdd(booked.DeliveryOrderId, booked.Number);
        }
        else
        {
            byNumber[entry.Number] = byNumber[entry.Number].After(entry, durable);
        }
    }
}
