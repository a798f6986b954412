using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>How a charge and the payment of its attempt do not agree.</summary>
internal enum ChargeDifference
{
    /// <summary>The provider has money for an attempt of which we have no payment.</summary>
    UnknownHere,

    /// <summary>The provider has money for an attempt that we have given up or that was declined.</summary>
    GivenUp,

    /// <summary>The provider has money for an attempt that another charge has paid for.</summary>
    ChargedTwice,

    /// <summary>Either book says another amount.</summary>
    Amount,

    /// <summary>We have the payment as settled, and the provider does not have the money.</summary>
    NotSettledThere,
}

/// <summary>A charge that does not agree with our book.</summary>
/// <param name="Charge">The charge.</param>
/// <param name="Difference">How.</param>
/// <param name="Theirs">What the provider says of it; null: nothing.</param>
/// <param name="Ours">What our book says of its attempt; null: nothing.</param>
internal sealed record ChargeFinding(ChargeKey Charge, ChargeDifference Difference, ProviderCharge? Theirs, BookedPayment? Ours)
{
    /// <summary>
    /// Whether the money may go back without asking anybody: the attempt has come to nothing, and no operator has decided about it, who may
    /// have given it back by other ways.
    /// </summary>
    public bool MayBeRefunded => Difference == ChargeDifference.GivenUp && Ours is { IsGivenUp: true, WasWithOperator: false };

    /// <summary>Compares the books about a charge; null when they agree, or the difference is with an operator already.</summary>
    public static ChargeFinding? Find(ChargeKey charge, ProviderCharge? theirs, BookedPayment? ours)
    {
        var holdsMoney = theirs is { Refunded: false, Outcome: not ChargeOutcome.Declined };
        ChargeDifference? difference = ours switch
        {
            null or { Status: null } => holdsMoney ? ChargeDifference.UnknownHere : null,
            { Status: "DECLINED" or "VOIDED" or "REFUNDED" } or { Status: "PENDING", IsGivenUp: true } => holdsMoney && !ours.IsWithOperator
                ? ChargeDifference.GivenUp
                : null,
            { ProviderPaymentId: { } known } when known != charge.PaymentId => holdsMoney ? ChargeDifference.ChargedTwice : null,
            { Status: "SETTLED" } when theirs is not { Refunded: false, Outcome: ChargeOutcome.Settled } =>
                ChargeDifference.NotSettledThere,
            _ when holdsMoney && theirs!.AmountCents is { } amount && amount != ours.AmountCents => ChargeDifference.Amount,
            _ => null,
        };
        return difference is { } found ? new ChargeFinding(charge, found, theirs, ours) : null;
    }

    /// <summary>Its operator task; with why it could not be put right, when that was tried.</summary>
    public BookDifference ToTask(string? failure = null)
    {
        var ours = Ours?.Status is { } status
            ? $"{status}, {Cents(Ours.AmountCents)}, {Ours.ProviderPaymentId ?? "no id"}; the order is {Ours.OrderStatus}"
            : "no payment" + (Ours is null ? " and no such order" : $"; the order is {Ours.OrderStatus}");
        var repair = failure is null ? "" : $"; it could not be refunded: {failure}";
        return new BookDifference(
            TaskKey,
            Charge.Attempt.OrderId,
            DeliveryOrderId: null,
            $"{Says} {Cents(Theirs?.AmountCents)} {Ours?.Status} {Ours?.Version}",
            $"{Meaning}: of attempt {Charge.Attempt.Attempt} the provider says {Charge.PaymentId} {Says}, {Cents(Theirs?.AmountCents)}, "
                + $"and we have {ours}{repair}"
        );
    }

    /// <summary>The key of its task.</summary>
    public string TaskKey => Charge.TaskKey(Difference);

    private string Says =>
        Theirs switch
        {
            null => "is unknown",
            { Refunded: true } => "is refunded",
            { Outcome: var outcome } => $"is {outcome.WireName().ToLowerInvariant()}",
        };

    private string Meaning =>
        Difference switch
        {
            ChargeDifference.UnknownHere => "a charge that we know nothing of",
            ChargeDifference.GivenUp => "money for an attempt that wants none",
            ChargeDifference.ChargedTwice => "a second charge",
            ChargeDifference.Amount => "another amount",
            _ => "money that the provider does not have",
        };

    private static string Cents(long? cents) => cents is { } known ? $"{known} cents" : "no amount";
}
