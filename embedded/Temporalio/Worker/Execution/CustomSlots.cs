using Microsoft.Extensions.Logging;
using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Execution;

/// <summary>Asks a user's slot supplier, whose exceptions are logged and otherwise cost no more than the slot.</summary>
internal sealed class CustomSlots(
    CustomSlotSupplier supplier, Func<bool, SlotReserveContext> context, ILogger logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Waits for a slot, asking again after a failure.</summary>
    /// <exception cref="OperationCanceledException">No slot is wanted any more.</exception>
    internal async Task<SlotPermit> ReserveAsync(bool isSticky, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await supplier.ReserveSlotAsync(context(isSticky), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogError(e, "Slot supplier failed reserving a slot");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new OperationCanceledException("The slot supplier failed while the worker stopped", e, cancellationToken);
            }
            await Task.Delay(RetryInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    internal SlotPermit? TryReserve()
    {
        try
        {
            return supplier.TryReserveSlot(context(false));
        }
        catch (Exception e)
        {
            logger.LogError(e, "Slot supplier failed trying to reserve a slot");
            return null;
        }
    }

    internal void MarkUsed(SlotInfo use, SlotPermit permit)
    {
        try
        {
            supplier.MarkSlotUsed(new(use, permit));
        }
        catch (Exception e)
        {
            logger.LogError(e, "Slot supplier failed marking a slot as used");
        }
    }

    internal void Release(SlotInfo? use, SlotPermit permit)
    {
        try
        {
            supplier.ReleaseSlot(new(use, permit));
        }
        catch (Exception e)
        {
            logger.LogError(e, "Slot supplier failed releasing a slot");
        }
    }
}
