namespace TemporalDelivery.Workflows.Deliveries;

/// <summary>A delivery graph file is wrong. The message names the file, the line and the state.</summary>
public sealed class DeliveryGraphException : Exception
{
    /// <summary>Creates one with a message for the person who edited the file.</summary>
    public DeliveryGraphException(string message)
        : base(message) { }

    /// <summary>Creates one that was caused by the YAML reader.</summary>
    public DeliveryGraphException(string message, Exception inner)
        : base(message, inner) { }
}
