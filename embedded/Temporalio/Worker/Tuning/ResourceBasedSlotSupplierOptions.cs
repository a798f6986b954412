namespace Temporalio.Worker.Tuning;

/// <summary>Options of <see cref="ResourceBasedSlotSupplier" />.</summary>
/// <param name="MinimumSlots">Slots given whatever the load; default 5 for workflow tasks, 1 otherwise.</param>
/// <param name="MaximumSlots">Most slots; default 500.</param>
/// <param name="RampThrottle">Shortest time between two new slots; default none for workflow tasks, 50 ms otherwise.</param>
public sealed record ResourceBasedSlotSupplierOptions(
    int? MinimumSlots = null,
    int? MaximumSlots = null,
    TimeSpan? RampThrottle = null);
