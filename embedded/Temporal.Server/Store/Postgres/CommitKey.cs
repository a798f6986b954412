namespace Temporal.Server.Store.Postgres;

/// <summary>
/// What a commit's condition is about: a run (no workflow id), or a workflow id in a namespace. Commits that share one take turns.
/// </summary>
internal readonly record struct CommitKey(Guid Id, string? WorkflowId);
