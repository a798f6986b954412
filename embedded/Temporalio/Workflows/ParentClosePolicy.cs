namespace Temporalio.Workflows;

/// <summary>What becomes of a child workflow when its parent closes.</summary>
public enum ParentClosePolicy
{
    /// <summary>Leave it to the server, which terminates the child.</summary>
    None = 0,

    /// <summary>Terminate the child.</summary>
    Terminate = 1,

    /// <summary>Leave the child alone.</summary>
    Abandon = 2,

    /// <summary>Ask the child to cancel.</summary>
    RequestCancel = 3,
}
