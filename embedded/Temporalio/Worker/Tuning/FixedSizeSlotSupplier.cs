namespace Temporalio.Worker.Tuning;

/// <summary>A fixed number of slots.</summary>
public sealed class FixedSizeSlotSupplier : SlotSupplier
{
    /// <summary>Initializes a new instance of the <see cref="FixedSizeSlotSupplier" /> class.</summary>
    /// <param name="slotCount">Number of slots.</param>
    public FixedSizeSlotSupplier(int slotCount) => SlotCount = slotCount;

    /// <summary>Gets the number of slots.</summary>
    public int SlotCount { get; }
}
