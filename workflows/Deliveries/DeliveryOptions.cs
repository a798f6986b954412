namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>How long a delivery waits. Part of the workflow's input, so that a change never reaches deliveries in flight.</summary>
public sealed record DeliveryOptions
{
    /// <summary>How long nothing may happen in a state, where that differs from what the graph says.</summary>
    public IReadOnlyDictionary<DeliveryState, TimeSpan>? SilenceAfter { get; init; }

    /// <summary>
    /// How long infrastructure may keep a step from succeeding before an operator task is opened. The step goes on trying.
    /// </summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(15);
}
