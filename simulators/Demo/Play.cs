namespace TemporalDelivery.Simulators.Demo;

/// <summary>One order of the demo, from placing it to the verdict on how it ended.</summary>
internal sealed class Play(OrderKind kind, Shopper shopper, ShopClient shop, Action<Play> changed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly string[] Final = ["COMPLETED", "FAILED", "CANCELLED"];

    public OrderKind Kind { get; } = kind;

    public Shopper Shopper { get; } = shopper;

    /// <summary>The order as it was last seen; null until it is accepted.</summary>
    public ShopOrder? Order { get; private set; }

    /// <summary>The voucher that it earned.</summary>
    public ShopVoucher? Voucher { get; private set; }

    /// <summary>What is wrong with how it ended; null while nothing is.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Whether it ended, rightly or wrongly.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What is seen of it: status, and the state of the newest delivery.</summary>
    public string Progress =>
        Order is null ? "…"
        : Order.Tracking is [.., var delivery] && !Final.Contains(Order.Status)
            ? $"{Order.Status}, delivery {delivery.Attempt} {delivery.State}"
        : Order.Status;

    /// <summary>Plays it to its end, as its customer and as the operator.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            See(await shop.PlaceAsync(Kind, Shopper, cancellationToken));
            while (!Final.Contains(Order!.Status))
            {
                foreach (var delivery in Order.Tracking)
                {
                    await ActAsync(delivery, cancellationToken);
                }

                await Task.Delay(Pause, cancellationToken);
                See(await shop.FindAsync(Order.OrderId, Shopper, cancellationToken));
            }

            while (Kind.Voucher && Order.Status == Kind.Ends && Voucher?.State != "READY")
            {
                Voucher = await shop.FindVoucherAsync(Order.OrderId, Shopper, cancellationToken);
                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (ShopException refusal)
        {
            Wrong = refusal.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Wrong = Order is null || !Final.Contains(Order.Status) ? "did not end in time" : "earned no voucher in time";
        }

        IsOver = true;
    }

    /// <summary>
    /// Judges how it ended. To be called when all plays are over, so that a voucher that must not be has had time to appear.
    /// </summary>
    public async Task JudgeAsync(CancellationToken cancellationToken)
    {
        if (Wrong is not null || Order is null)
        {
            return;
        }

        if (!Kind.Voucher)
        {
            Voucher = await shop.FindVoucherAsync(Order.OrderId, Shopper, cancellationToken);
        }

        Wrong =
            Order.Status != Kind.Ends ? $"ended {Order.Status} ({Order.Failure?.Reason}), not {Kind.Ends}"
            : Order.Failure?.Type != Kind.Failure ? $"failed with {Order.Failure?.Type}, not {Kind.Failure}"
            : Kind.Deliveries == 0 && Order.Tracking.Count > 0 ? "has a delivery order"
            : Order.Tracking.Count < Kind.Deliveries ? $"has {Order.Tracking.Count} delivery orders, not {Kind.Deliveries}"
            : Order.Tracking is [.., { State: not "DELIVERY_CONFIRMED" } last] ? $"its last delivery is {last.State}"
            : Kind.Voucher != Voucher is not null
                ? Kind.Voucher ? "earned no voucher"
                    : "has a voucher that it did not earn"
            : Voucher is { AmountCents: not 500 } ? $"earned {Voucher.AmountCents} cents, not 500"
            : null;
    }

    private async Task ActAsync(ShopDelivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.State)
        {
            case "DELIVERED":
                await shop.ConfirmAsync(delivery.DeliveryOrderId, Shopper, cancellationToken);
                break;
            case "PENDING_BY_OPERATOR":
                await shop.RedeliverAsync(delivery, cancellationToken);
                break;
        }
    }

    private void See(ShopOrder order)
    {
        var before = Progress;
        Order = order;
        if (Progress != before)
        {
            changed(this);
        }
    }
}
