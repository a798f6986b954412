using System.Text.Json.Serialization;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The payment provider, and what follows from a payment. Task queue <see cref="TaskQueues.Orders"/>; called as
/// <see cref="Effects.EffectRunner"/> says. Whenever the charge is settled, the transaction that stores it also takes the order to
/// FULFILLMENT, grants its e-books and inserts its first delivery order.
/// </summary>
public interface IPaymentActivities
{
    /// <summary>
    /// Charges once per order and attempt (that is the provider's idempotency key) and stores the outcome. An amount of 0 (the voucher
    /// paid for everything) is stored as settled without asking the provider.
    /// </summary>
    [Activity]
    public Task<ChargeResult> ChargePaymentAsync(ChargeRequest request);

    /// <summary>Asks the provider how the charge of this order and attempt stands now, and stores the answer.</summary>
    [Activity]
    public Task<ChargeResult> CheckPaymentAsync(OrderAttempt attempt);

    /// <summary>Stores the outcome that the provider's event told, or an operator: settled or declined. Our own database only.</summary>
    [Activity]
    public Task<ChargeResult> RecordPaymentOutcomeAsync(PaymentOutcome outcome);

    /// <summary>
    /// Undoes the payment: revokes what was granted for it, asks the provider what became of the charge, and gives the money back, by a
    /// refund, or by a void when it has not settled. Once; no effect when nothing was charged, and a charge that arrives later is given
    /// back where it is stored.
    /// </summary>
    [Activity]
    public Task RefundPaymentAsync(RefundRequest request);

    /// <summary>Stores that the money was given back, as an operator knows. Our own database only.</summary>
    [Activity]
    public Task RecordRefundAsync(RefundRequest request);
}

/// <summary>What to charge: the order's total less the discount, with the order's own means of payment.</summary>
/// <param name="OrderId">With the attempt: the idempotency key.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="DiscountCents">What the voucher took off.</param>
public sealed record ChargeRequest(Guid OrderId, int Attempt, long DiscountCents);

/// <summary>What became of a charge.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChargeOutcome>))]
public enum ChargeOutcome
{
    /// <summary>The money is ours.</summary>
    [JsonStringEnumMemberName("SETTLED")]
    Settled,

    /// <summary>The provider refused; nothing was taken.</summary>
    [JsonStringEnumMemberName("DECLINED")]
    Declined,

    /// <summary>Not known yet; an event of the provider will tell.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending,
}

/// <summary>The charge as it stands.</summary>
/// <param name="Outcome">Settled, declined or pending.</param>
/// <param name="PaymentId">The provider's id of the charge; null only when it never made one.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="Delivery">The first delivery order, when it is settled and a line is physical.</param>
public sealed record ChargeResult(ChargeOutcome Outcome, string? PaymentId, string? Reason = null, DeliveryOrderCreated? Delivery = null);

/// <summary>The outcome of a charge, as the provider's event or an operator tells it.</summary>
public sealed record PaymentOutcome(ChargeRequest Charge, string? PaymentId, ChargeOutcome Outcome, string? Reason);

/// <summary>The charge to give back, and why.</summary>
public sealed record RefundRequest(Guid OrderId, int Attempt, string Reason);
