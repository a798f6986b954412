using System.Text.Json.Serialization;
using Temporalio.Activities;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>The payment provider. Task queue <see cref="TaskQueues.Orders"/>; called as <see cref="Effects.EffectRunner"/> says.</summary>
public interface IPaymentActivities
{
    /// <summary>
    /// Charges once per order and attempt (that is the provider's idempotency key) and stores the payment with its outcome. An amount of 0
    /// (the voucher paid for everything) is stored as settled without asking the provider.
    /// </summary>
    [Activity]
    public Task<ChargeResult> ChargePaymentAsync(ChargeRequest request);

    /// <summary>Asks the provider how the charge of this order and attempt stands now, and stores the answer.</summary>
    [Activity]
    public Task<ChargeResult> CheckPaymentAsync(OrderAttempt attempt);

    /// <summary>Stores the outcome that the provider's event told: settled or declined. A repeated call changes nothing.</summary>
    [Activity]
    public Task RecordPaymentOutcomeAsync(PaymentOutcome outcome);

    /// <summary>
    /// Gives the money of this order and attempt back: by a refund, or by a void when the charge has not settled. Once; no effect when
    /// nothing was charged.
    /// </summary>
    [Activity]
    public Task RefundPaymentAsync(RefundRequest request);
}

/// <summary>What to charge.</summary>
/// <param name="OrderId">With the attempt: the idempotency key.</param>
/// <param name="Attempt">The order's attempt.</param>
/// <param name="CustomerId">Who pays.</param>
/// <param name="AmountCents">EUR cents, after the discount; 0 or more.</param>
/// <param name="PaymentToken">The customer's means of payment.</param>
public sealed record ChargeRequest(Guid OrderId, int Attempt, Guid CustomerId, long AmountCents, string PaymentToken);

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

/// <summary>The provider's answer.</summary>
/// <param name="Outcome">Settled, declined or pending.</param>
/// <param name="PaymentId">The provider's id of the charge; null only when it never made one.</param>
/// <param name="Reason">Why it was declined.</param>
public sealed record ChargeResult(ChargeOutcome Outcome, string? PaymentId, string? Reason = null);

/// <summary>The outcome of this order attempt's charge, as the provider's event tells it.</summary>
public sealed record PaymentOutcome(Guid OrderId, int Attempt, string PaymentId, ChargeOutcome Outcome, string? Reason);

/// <summary>The charge to give back, and why.</summary>
public sealed record RefundRequest(Guid OrderId, int Attempt, string Reason);
