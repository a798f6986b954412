using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.Commands;

/// <summary>A command cannot be carried out: nothing of the completion counts, the workflow task fails with this cause.</summary>
internal sealed class BadCommandException(WorkflowTaskFailedCause cause, string message, bool endsRun = false) : Exception(message)
{
    /// <summary>The cause that history shows.</summary>
    public WorkflowTaskFailedCause Cause { get; } = cause;

    /// <summary>Trying again cannot help, as with what is too large: the run is terminated.</summary>
    public bool EndsRun { get; } = endsRun;

    /// <summary>Cause and message, as the worker and a terminated run's history have them.</summary>
    public string Reason => $"{Cause}: {Message}";
}
