namespace Temporalio.Worker.Tuning;

/// <summary>A slot supplier of the user's own. Its calls must be quick and must not throw.</summary>
public abstract class CustomSlotSupplier : SlotSupplier
{
    /// <summary>Waits for a slot, before a poll.</summary>
    /// <param name="ctx">What the slot is for.</param>
    /// <param name="cancellationToken">Canceled when the slot is no longer needed.</param>
    /// <returns>The permit.</returns>
    public abstract Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken);

    /// <summary>Takes a slot if there is one, for eager activities for example.</summary>
    /// <param name="ctx">What the slot is for.</param>
    /// <returns>The permit, or null.</returns>
    public abstract SlotPermit? TryReserveSlot(SlotReserveContext ctx);

    /// <summary>Called once a slot is used for a task.</summary>
    /// <param name="ctx">The permit and its use.</param>
    public abstract void MarkSlotUsed(SlotMarkUsedContext ctx);

    /// <summary>Called once a slot is free again, used or not.</summary>
    /// <param name="ctx">The permit and its use.</param>
    public abstract void ReleaseSlot(SlotReleaseContext ctx);
}
