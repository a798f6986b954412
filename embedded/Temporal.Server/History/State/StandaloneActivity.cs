namespace Temporal.Server.History.State;

/// <summary>What is known of a standalone activity besides its events and its attempts.</summary>
internal sealed class StandaloneActivity
{
    /// <summary>The request that asked it to cancel; empty when none did.</summary>
    public string CancelRequestId { get; set; } = "";

    /// <summary>Who asked.</summary>
    public string CancelIdentity { get; set; } = "";

    /// <summary>Why, for people.</summary>
    public string CancelReason { get; set; } = "";

    /// <summary>The request that terminated it; empty when none did.</summary>
    public string TerminateRequestId { get; set; } = "";

    /// <summary>Its attempts as they were when it ended by itself; null before, and when it was terminated.</summary>
    public ActivityState? Ended { get; set; }
}
