using System.Text.Json;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Plan;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>One order, from placing it to its end, as its customer and the operator live it.</summary>
internal sealed class Life(PlannedOrder plan, Person customer, Person clerk, Person anybody, Purse purse, Clock clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(700);
    private readonly HashSet<Guid> decided = [];
    private bool isDisputed;
    private bool wasWrong;
    private bool isRetried;

    /// <summary>The order, once it is accepted.</summary>
    public PlacedOrder? Placed { get; private set; }

    /// <summary>Lives it. Returns when it is over, or when nobody is going to do anything about it any more.</summary>
    public async Task LiveAsync(CancellationToken cancellationToken)
    {
        await clock.UntilAsync(plan.At, cancellationToken);
        var voucher = plan.Kind.UsesVoucher ? purse.Take(plan.Customer) : null;
        var orderId = await customer.PlaceAsync(plan, voucher, cancellationToken);
        Placed = new(orderId, plan.Kind.Name, plan.Ends, plan.Kind.IsDisputed);
        var interruption = InterruptAsync(orderId, cancellationToken);
        using var look = new PeriodicTimer(Look);
        while (await GoesOnAsync(orderId, cancellationToken))
        {
            await look.WaitForNextTickAsync(cancellationToken);
        }

        await interruption;
    }

    private async Task<bool> GoesOnAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var order = await customer.FindAsync($"/orders/{orderId}", cancellationToken)
            ?? throw new InvalidOperationException($"GET /orders/{orderId}: 404, but it was accepted");
        switch (order.GetProperty("status").GetString())
        {
            case "FAILED" when plan.Kind.IsRetried && !isRetried:
                isRetried = true;
                await customer.AskAsync(HttpMethod.Post, $"/orders/{orderId}/retry", new { reason = "once more" }, cancellationToken);
                return true;
            case "COMPLETED":
                await CollectVoucherAsync(orderId, cancellationToken);
                return false;
            case "FAILED" or "CANCELLED":
                return false;
        }

        foreach (var delivery in order.GetProperty("tracking").EnumerateArray())
        {
            if (!await ActAsync(delivery, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    // False when the order stays with an operator who does nothing.
    private async Task<bool> ActAsync(JsonElement delivery, CancellationToken cancellationToken)
    {
        var id = delivery.GetProperty("deliveryOrderId").GetGuid();
        switch (delivery.GetProperty("state").GetString())
        {
            case "DELIVERED" when plan.Kind.IsDisputed && !isDisputed:
                isDisputed = true;
                await customer.AskAsync(HttpMethod.Post, $"/deliveries/{id}/dispute", new { reason = "NOT_RECEIVED" }, cancellationToken);
                return true;
            case "DELIVERED" when plan.Receipt == Receipt.Word:
                await customer.AskAsync(HttpMethod.Post, $"/deliveries/{id}/confirm", new { note = "Thank you!" }, cancellationToken);
                return true;
            case "DELIVERED" when plan.Receipt != Receipt.Silence:
                await ConfirmByPinAsync(id, cancellationToken);
                return true;
            case "PENDING_BY_OPERATOR":
                if (decided.Contains(id))
                {
                    // Readers are a moment behind.
                    return true;
                }

                var decision = plan.Decisions[Math.Min(decided.Count, plan.Decisions.Count - 1)];
                if (decision == Decision.Nothing)
                {
                    return false;
                }

                if (await DecideAsync(id, decision, HasLeft(delivery), cancellationToken))
                {
                    decided.Add(id);
                }

                return true;
            default:
                return true;
        }
    }

    // There is no PIN any more of what is over; readers are a moment behind.
    private async Task ConfirmByPinAsync(Guid delivery, CancellationToken cancellationToken)
    {
        if (
            await customer.FindAsync($"/deliveries/{delivery}", cancellationToken) is not { } found
            || !found.TryGetProperty("pin", out var shown)
            || shown.GetString() is not { } pin
        )
        {
            return;
        }

        var path = $"/deliveries/{delivery}/confirm";
        if (plan.Receipt == Receipt.WrongPinFirst && !wasWrong)
        {
            wasWrong = true;
            var wrong = (char)('0' + ((pin[0] - '0' + 1) % 10)) + pin[1..];
            var refusal = await anybody.TryAsync(HttpMethod.Post, path, new { pin = wrong }, cancellationToken);
            if (refusal?.Code is not ("PIN_WRONG" or "OVER"))
            {
                throw new InvalidOperationException(
                    $"delivery {delivery}: a wrong PIN was answered {refusal?.ToString() ?? "as a right one"}"
                );
            }
        }

        await anybody.AskAsync(HttpMethod.Post, path, new { pin }, cancellationToken);
    }

    private static bool HasLeft(JsonElement delivery) =>
        delivery.GetProperty("history").EnumerateArray().Any(change => change.GetProperty("to").GetString() == "PICKED_UP");

    // Partners do not always tell that they have it: what was refused is said the other way.
    private async Task<bool> DecideAsync(Guid delivery, Decision decision, bool hasLeft, CancellationToken cancellationToken) =>
        decision == Decision.ConfirmWithProof
            ? await ResolveAsync(delivery, decision, null, cancellationToken)
            : await ResolveAsync(delivery, decision, hasLeft ? plan.Goods : null, cancellationToken)
                || await ResolveAsync(delivery, decision, hasLeft ? null : plan.Goods, cancellationToken);

    private Task<bool> ResolveAsync(Guid delivery, Decision decision, string? goods, CancellationToken cancellationToken)
    {
        var resolution = decision switch
        {
            Decision.Redeliver => "REDELIVER",
            Decision.Cancel => "CANCEL",
            _ => "CONFIRM_WITH_PROOF",
        };
        var body = new
        {
            resolution,
            reason = "as planned",
            goods,
        };
        return clerk.AskAsync(HttpMethod.Post, $"/deliveries/{delivery}/resolution", body, cancellationToken);
    }

    private async Task InterruptAsync(Guid orderId, CancellationToken cancellationToken)
    {
        if (!plan.Kind.IsCancelled && !plan.Kind.IsHandedOver)
        {
            return;
        }

        await Task.Delay(plan.InterruptAfter, cancellationToken);
        var (person, method, path) = plan.Kind.IsCancelled
            ? (customer, HttpMethod.Post, $"/orders/{orderId}/cancel")
            : (clerk, HttpMethod.Put, $"/orders/{orderId}/fulfillment");
        await person.AskAsync(method, path, new { reason = "as planned" }, cancellationToken);
    }

    // It comes a moment after the order's end; whoever does not find it does without.
    private async Task CollectVoucherAsync(Guid orderId, CancellationToken cancellationToken)
    {
        if (
            plan.Kind.Skus.Contains("CHAIR-OAK") && await customer.FindAsync($"/orders/{orderId}/voucher", cancellationToken) is { } voucher
        )
        {
            purse.Put(plan.Customer, voucher.GetProperty("code").GetString()!);
        }
    }
}
