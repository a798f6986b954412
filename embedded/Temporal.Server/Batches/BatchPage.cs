namespace Temporal.Server.Batches;

/// <summary>What has been done of the page in progress; counted by those who work on it, in parallel.</summary>
internal sealed class BatchPage
{
    private long completed;
    private long failed;

    /// <summary>Executions done.</summary>
    public long Completed => Interlocked.Read(ref completed);

    /// <summary>Executions that could not be done.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>One execution is done, or could not be.</summary>
    public void Count(bool success)
    {
        if (success)
        {
            Interlocked.Increment(ref completed);
        }
        else
        {
            Interlocked.Increment(ref failed);
        }
    }
}
