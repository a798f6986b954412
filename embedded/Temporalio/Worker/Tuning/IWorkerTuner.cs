namespace Temporalio.Worker.Tuning;

/// <summary>Says how much a worker does at once.</summary>
public interface IWorkerTuner
{
    /// <summary>Gets the slots of workflow tasks.</summary>
    SlotSupplier WorkflowTaskSlotSupplier { get; }

    /// <summary>Gets the slots of activities.</summary>
    SlotSupplier ActivityTaskSlotSupplier { get; }

    /// <summary>Gets the slots of local activities.</summary>
    SlotSupplier LocalActivitySlotSupplier { get; }
}
