namespace Temporalio.Workflows;

/// <summary>What a workflow does about a child that it cancels.</summary>
public enum ChildWorkflowCancellationType
{
    /// <summary>Report the child as canceled at once and do not tell it.</summary>
    Abandon = 0,

    /// <summary>Ask the child to cancel and report it as canceled at once.</summary>
    TryCancel = 1,

    /// <summary>Ask the child to cancel and wait for its own end.</summary>
    WaitCancellationCompleted = 2,

    /// <summary>Ask the child to cancel and wait until the request has reached it.</summary>
    WaitCancellationRequested = 3,
}
