namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>How long a delivery may be silent in each waiting state. Part of the workflow's input.</summary>
public sealed record DeliveryOptions
{
    /// <summary>In CREATED: after that the partner is asked, then the delivery fails with PICKUP_OVERDUE.</summary>
    public TimeSpan PickupOverdueAfter { get; init; } = TimeSpan.FromDays(2);

    /// <summary>In PICKED_UP: after that the partner is asked, then the delivery fails with DELIVERY_OVERDUE.</summary>
    public TimeSpan DeliveryOverdueAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>In DELIVERED: after that the delivery confirms itself.</summary>
    public TimeSpan ConfirmedBySilenceAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long infrastructure may keep a step from succeeding before an operator task is opened. The step goes on trying.</summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(15);
}
