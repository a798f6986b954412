namespace Temporal.Server.Batches;

/// <summary>What is stored of an operation together with what was done since, so that nobody counts a page twice or not at all.</summary>
/// <param name="Record">What is stored; never modified.</param>
/// <param name="Page">The page in progress, which the record's counts do not include.</param>
internal sealed record BatchProgress(BatchRecord Record, BatchPage Page)
{
    /// <summary>Executions done, those of the page in progress included.</summary>
    public long Completed => Record.Completed + Page.Completed;

    /// <summary>Executions that could not be done, those of the page in progress included.</summary>
    public long Failed => Record.Failed + Page.Failed;
}
