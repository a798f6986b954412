namespace TemporalDelivery.Simulators.Payments;

/// <summary>What a payment token comes to.</summary>
/// <param name="Status">The answer to the charge.</param>
/// <param name="Reason">Why it is declined.</param>
/// <param name="Ends">How a pending charge is decided later.</param>
internal readonly record struct Verdict(string Status, string? Reason, string? Ends)
{
    public static Verdict On(string token, int attempt) =>
        token switch
        {
            "tok_ok" => new(ChargeStatus.Settled, null, null),
            "tok_declined" => new(ChargeStatus.Declined, "The card's bank declined.", null),
            "tok_declined_once" => attempt == 1 ? On("tok_declined", attempt) : On("tok_ok", attempt),
            "tok_pending" => new(ChargeStatus.Pending, null, ChargeStatus.Settled),
            "tok_pending_declined" => new(ChargeStatus.Pending, null, ChargeStatus.Declined),
            "tok_pending_for_ever" => new(ChargeStatus.Pending, null, null),
            _ => new(ChargeStatus.Declined, "The payment token is unknown.", null),
        };
}
