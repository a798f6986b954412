namespace Temporalio.Activities;

/// <summary>Where the worker leaves the reason before it cancels the token.</summary>
internal sealed class ActivityCancelRef
{
    public ActivityCancelReason CancelReason { get; set; } = ActivityCancelReason.None;

    public ActivityCancellationDetails? CancellationDetails { get; set; }
}
