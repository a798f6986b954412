namespace Temporalio.Exceptions;

/// <summary>A workflow left its deterministic scheduler, for example by <c>Task.Run</c>.</summary>
public class InvalidWorkflowSchedulerException : InvalidWorkflowOperationException
{
    private readonly string? stackTraceOverride;

    internal InvalidWorkflowSchedulerException(string message, string? stackTraceOverride = null)
        : base(message) => this.stackTraceOverride = stackTraceOverride;

    /// <summary>Where the workflow left it, where that was recorded.</summary>
    public override string? StackTrace => stackTraceOverride ?? base.StackTrace;
}
