namespace Temporalio.Worker.Tuning;

/// <summary>Slots for as long as memory and CPU are below their targets.</summary>
public sealed class ResourceBasedSlotSupplier : SlotSupplier
{
    /// <summary>Initializes a new instance of the <see cref="ResourceBasedSlotSupplier" /> class.</summary>
    /// <param name="options">Options of this kind of slot.</param>
    /// <param name="tunerOptions">Targets, the same for all suppliers of a tuner.</param>
    public ResourceBasedSlotSupplier(ResourceBasedSlotSupplierOptions options, ResourceBasedTunerOptions tunerOptions)
    {
        Options = options;
        TunerOptions = tunerOptions;
    }

    /// <summary>Gets the options of this kind of slot.</summary>
    public ResourceBasedSlotSupplierOptions Options { get; }

    /// <summary>Gets the targets.</summary>
    public ResourceBasedTunerOptions TunerOptions { get; }
}
