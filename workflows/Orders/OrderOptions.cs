using TemporalDelivery.Workflows.Deliveries;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>How long an order's steps may take. Part of the workflow's input, so that a change never reaches orders in flight.</summary>
public sealed record OrderOptions
{
    /// <summary>
    /// How long infrastructure may keep a step from succeeding before an operator task is opened. The step goes on trying.
    /// </summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a pending payment may take before the provider is asked a last time and the order fails with PAYMENT_TIMED_OUT.
    /// </summary>
    public TimeSpan PaymentDeadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long the provider's event about a pending payment may take before the provider is asked, because the event may be lost; then
    /// twice as long, and so on.
    /// </summary>
    public TimeSpan PaymentPoll { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The waits of each of the order's deliveries.</summary>
    public DeliveryOptions Delivery { get; init; } = new();
}
