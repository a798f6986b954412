namespace Temporalio.Worker.Tuning;

/// <summary>A tuner made of slot suppliers.</summary>
public class WorkerTuner : IWorkerTuner
{
    /// <summary>Initializes a new instance of the <see cref="WorkerTuner" /> class.</summary>
    /// <param name="workflowTaskSlotSupplier">Slots of workflow tasks.</param>
    /// <param name="activityTaskSlotSupplier">Slots of activities.</param>
    /// <param name="localActivitySlotSupplier">Slots of local activities.</param>
    /// <param name="nexusTaskSlotSupplier">Slots of Nexus operations.</param>
    public WorkerTuner(
        SlotSupplier workflowTaskSlotSupplier,
        SlotSupplier activityTaskSlotSupplier,
        SlotSupplier localActivitySlotSupplier,
        SlotSupplier nexusTaskSlotSupplier)
    {
        WorkflowTaskSlotSupplier = workflowTaskSlotSupplier;
        ActivityTaskSlotSupplier = activityTaskSlotSupplier;
        LocalActivitySlotSupplier = localActivitySlotSupplier;
        NexusTaskSlotSupplier = nexusTaskSlotSupplier;
    }

    /// <inheritdoc />
    public SlotSupplier WorkflowTaskSlotSupplier { get; init; }

    /// <inheritdoc />
    public SlotSupplier ActivityTaskSlotSupplier { get; init; }

    /// <inheritdoc />
    public SlotSupplier LocalActivitySlotSupplier { get; init; }

    /// <summary>Gets the slots of Nexus operations.</summary>
    public SlotSupplier NexusTaskSlotSupplier { get; init; }

    /// <summary>All resource-based suppliers of a worker look at the same machine, so they must have the same targets.</summary>
    /// <exception cref="ArgumentException">They have different ones.</exception>
    internal void RequireOneTarget()
    {
        SlotSupplier[] all = [WorkflowTaskSlotSupplier, ActivityTaskSlotSupplier, LocalActivitySlotSupplier, NexusTaskSlotSupplier];
        if (all.OfType<ResourceBasedSlotSupplier>().Select(supplier => supplier.TunerOptions).Distinct().Count() > 1)
        {
            throw new ArgumentException($"All resource-based slot suppliers must have the same {nameof(ResourceBasedTunerOptions)}");
        }
    }

    /// <summary>Makes a tuner that keeps memory and CPU near targets.</summary>
    /// <param name="targetMemoryUsage">Share of memory in use, from 0 to 1.</param>
    /// <param name="targetCpuUsage">Share of CPU in use, from 0 to 1.</param>
    /// <param name="workflowOptions">Options for workflow tasks.</param>
    /// <param name="activityOptions">Options for activities.</param>
    /// <param name="localActivityOptions">Options for local activities.</param>
    /// <param name="nexusOptions">Options for Nexus operations.</param>
    /// <returns>The tuner.</returns>
    public static WorkerTuner CreateResourceBased(
        double targetMemoryUsage,
        double targetCpuUsage,
        ResourceBasedSlotSupplierOptions? workflowOptions = null,
        ResourceBasedSlotSupplierOptions? activityOptions = null,
        ResourceBasedSlotSupplierOptions? localActivityOptions = null,
        ResourceBasedSlotSupplierOptions? nexusOptions = null)
    {
        var targets = new ResourceBasedTunerOptions(targetMemoryUsage, targetCpuUsage);
        ResourceBasedSlotSupplier Supplier(ResourceBasedSlotSupplierOptions? options) => new(options ?? new(), targets);
        return new(
            Supplier(workflowOptions), Supplier(activityOptions), Supplier(localActivityOptions), Supplier(nexusOptions));
    }

    /// <summary>Makes a tuner of fixed numbers.</summary>
    /// <param name="workflowTaskSlots">Workflow tasks at once.</param>
    /// <param name="activityTaskSlots">Activities at once.</param>
    /// <param name="localActivitySlots">Local activities at once.</param>
    /// <param name="nexusTaskSlots">Nexus operations at once.</param>
    /// <returns>The tuner.</returns>
    public static WorkerTuner CreateFixedSize(
        int workflowTaskSlots,
        int activityTaskSlots,
        int localActivitySlots,
        int nexusTaskSlots = 100) =>
        new(
            new FixedSizeSlotSupplier(workflowTaskSlots),
            new FixedSizeSlotSupplier(activityTaskSlots),
            new FixedSizeSlotSupplier(localActivitySlots),
            new FixedSizeSlotSupplier(nexusTaskSlots));
}
