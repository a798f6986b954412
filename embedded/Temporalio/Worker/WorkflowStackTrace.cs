namespace Temporalio.Worker;

/// <summary>Whether a worker can answer the <c>__stack_trace</c> query, at a cost for every wait of a workflow.</summary>
public enum WorkflowStackTrace
{
    /// <summary>It cannot.</summary>
    None,

    /// <summary>It can, with file names and line numbers where known.</summary>
    Normal,

    /// <summary>It can, without file names and line numbers.</summary>
    WithoutFileInfo,
}
