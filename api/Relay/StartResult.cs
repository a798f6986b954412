namespace TemporalDelivery.Api.Relay;

/// <summary>What became of a try to start an order's workflow.</summary>
internal abstract record StartResult
{
    private StartResult() { }

    /// <summary>The attempt's workflow is started, now or before.</summary>
    public sealed record Started : StartResult;

    /// <summary>This order cannot be started now; others can.</summary>
    public sealed record Refused(string Reason) : StartResult;

    /// <summary>No order can be started now: Temporal, or the way to it, is gone.</summary>
    public sealed record Away(string Reason) : StartResult;
}
