namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>How an event that may come at any time relates to a state.</summary>
public enum EventFit
{
    /// <summary>The state has a transition for it.</summary>
    Fits,

    /// <summary>A state that can still be reached has a transition for it.</summary>
    Early,

    /// <summary>No state that can still be reached has a transition for it.</summary>
    Stale,
}
