namespace Temporal.Server.Matching;

/// <summary>A task that waits for a worker.</summary>
/// <param name="Task">The task.</param>
/// <param name="Since">Since when.</param>
internal sealed record WaitingTask(DispatchTask Task, DateTimeOffset Since);

/// <summary>A task that a worker took.</summary>
/// <param name="Task">The task.</param>
/// <param name="PollersDelta">How many polls more, or fewer, the worker had better keep open; 0 for no advice.</param>
internal sealed record TakenTask(DispatchTask Task, int PollersDelta);
