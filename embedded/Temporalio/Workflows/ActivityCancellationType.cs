namespace Temporalio.Workflows;

/// <summary>What a workflow does about an activity that it cancels.</summary>
public enum ActivityCancellationType
{
    /// <summary>Ask for cancellation and report the activity as canceled at once, whatever it does.</summary>
    TryCancel = 0,

    /// <summary>Ask for cancellation and wait for the activity's own end, which may take a heartbeat.</summary>
    WaitCancellationCompleted = 1,

    /// <summary>Report the activity as canceled at once and do not tell it.</summary>
    Abandon = 2,
}
