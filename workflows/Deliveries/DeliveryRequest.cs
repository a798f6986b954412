namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>What a person asks of a delivery; it waits its turn behind what the workflow is just doing.</summary>
internal sealed class DeliveryRequest(string eventName, Actor actor, string? reason, DeliveryFailure? failure = null)
{
    public string EventName { get; } = eventName;

    public Actor Actor { get; } = actor;

    public string? Reason { get; } = reason;

    public DeliveryFailure? Failure { get; } = failure;

    /// <summary>Dealt with: done, or refused.</summary>
    public bool Done { get; set; }

    /// <summary>Why it was refused when its turn came.</summary>
    public string? Refusal { get; set; }
}
