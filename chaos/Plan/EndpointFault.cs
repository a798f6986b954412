namespace TemporalDelivery.Chaos.Plan;

/// <summary>What is wrong with a merchant's endpoint.</summary>
internal enum EndpointFault
{
    /// <summary>It reads what it is told, and answers 500.</summary>
    ServerError,

    /// <summary>It reads what it is told, and does not answer.</summary>
    Timeout,

    /// <summary>It hangs up.</summary>
    Away,
}
