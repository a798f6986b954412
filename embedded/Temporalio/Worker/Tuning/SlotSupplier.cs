namespace Temporalio.Worker.Tuning;

/// <summary>
/// Gives out the slots of one kind of task: <see cref="FixedSizeSlotSupplier" />,
/// <see cref="ResourceBasedSlotSupplier" /> or <see cref="CustomSlotSupplier" />.
/// </summary>
public abstract class SlotSupplier
{
    internal SlotSupplier()
    {
    }
}
