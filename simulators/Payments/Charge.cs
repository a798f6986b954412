namespace TemporalDelivery.Simulators.Payments;

/// <summary>A charge as its ledger entries leave it.</summary>
/// <param name="Durable">Ends when the latest of those entries is on the disk; nothing is told before.</param>
internal sealed record Charge(PaymentEntry.Charged Charged, Task Durable)
{
    public PaymentEntry.Decided? Decided { get; init; }

    public bool Acknowledged { get; init; }

    public PaymentEntry.Refunded? Refunded { get; init; }

    /// <summary>Before any refund: settled, declined or pending.</summary>
    public string Outcome => Decided?.Status ?? Charged.Status;

    /// <summary>The answer to whoever asks.</summary>
    public ChargeAnswer Describe() =>
        new(
            Charged.PaymentId,
            Refunded is null ? Outcome : ChargeStatus.Refunded,
            Charged.Reason ?? Decided?.Event.Reason,
            Charged.OrderId,
            Charged.Attempt,
            Charged.AmountCents,
            Charged.Currency
        );

    /// <summary>The answer that the charge itself got, and gets again when it is repeated.</summary>
    public ChargeAnswer FirstAnswer() => (this with { Decided = null, Refunded = null }).Describe();

    /// <summary>The charge after one more entry of its own.</summary>
    public Charge After(PaymentEntry entry, Task durable) =>
        entry switch
        {
            PaymentEntry.Decided decided => this with { Decided = decided, Durable = durable },
            PaymentEntry.Acknowledged => this with { Acknowledged = true },
            PaymentEntry.Refunded refunded => this with { Refunded = refunded, Durable = durable },
            _ => this,
        };
}
