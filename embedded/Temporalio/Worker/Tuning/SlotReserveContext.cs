namespace Temporalio.Worker.Tuning;

/// <summary>What a slot is wanted for.</summary>
/// <param name="SlotType">Kind of slot.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="WorkerIdentity">Identity of the worker.</param>
/// <param name="WorkerBuildId">Build id of the worker.</param>
/// <param name="IsSticky">Whether it is for a poll of the sticky queue.</param>
public record SlotReserveContext(
    SlotType SlotType,
    string TaskQueue,
    string WorkerIdentity,
    string WorkerBuildId,
    bool IsSticky);
