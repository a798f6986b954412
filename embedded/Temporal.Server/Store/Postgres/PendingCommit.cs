namespace Temporal.Server.Store.Postgres;

/// <summary>A commit, or a run's deletion, on its way to the database, and the caller who waits for it.</summary>
internal sealed class PendingCommit
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isAbandoned;

    /// <exception cref="FormatException">An id is not a UUID.</exception>
    public PendingCommit(StoreCommit commit)
    {
        Commit = commit;
        Keys =
        [
            .. commit.Runs.Select(write => new CommitKey(Guid.Parse(write.Run.RunId), null)),
            .. commit.CurrentRuns.Select(current => new CommitKey(Guid.Parse(current.NamespaceId), current.WorkflowId)),
        ];
        Bytes = commit.Runs.Sum(write =>
            (long)write.SideRecord.Length + (write.Outstanding?.Length ?? 0) + write.Events.Sum(batch => batch.Data.Length)
        );
    }

    /// <exception cref="FormatException">An id is not a UUID.</exception>
    public PendingCommit(RunKey deleted)
    {
        Deleted = deleted;
        Keys = [new CommitKey(Guid.Parse(deleted.RunId), null), new CommitKey(Guid.Parse(deleted.NamespaceId), deleted.WorkflowId)];
    }

    /// <summary>What to write; null for a deletion.</summary>
    public StoreCommit? Commit { get; }

    /// <summary>The run to delete, if this is a deletion.</summary>
    public RunKey? Deleted { get; }

    /// <summary>What it touches.</summary>
    public IReadOnlyList<CommitKey> Keys { get; }

    /// <summary>Roughly how large it is.</summary>
    public long Bytes { get; }

    /// <summary>Nobody waits any more: it need not be written.</summary>
    public bool IsAbandoned => isAbandoned;

    /// <summary>Ends when the outcome is known.</summary>
    public Task Outcome => completion.Task;

    /// <summary>The caller gave up.</summary>
    public void Abandon() => isAbandoned = true;

    /// <summary>It is durable.</summary>
    public void Succeed() => completion.TrySetResult();

    /// <summary>Nothing of it was written.</summary>
    public void Fail(Exception error)
    {
        completion.TrySetException(error);
        // Its caller may have gone.
        _ = completion.Task.Exception;
    }
}
