using TemporalDelivery.Database.Inventory;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Activities;

namespace TemporalDelivery.Activities.Inventory;

/// <inheritdoc cref="IInventoryActivities"/>
public sealed class InventoryActivities(ReservationStore reservations) : IInventoryActivities
{
    static CancellationToken Cancelled => ActivityExecutionContext.Current.CancellationToken;

    /// <inheritdoc/>
    [Activity]
    public Task<ReservationResult> ReserveStockAsync(StockReservation reservation) => reservations.ReserveAsync(reservation, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task ReleaseStockAsync(OrderAttempt attempt) => reservations.ReleaseAsync(attempt, Cancelled);

    /// <inheritdoc/>
    [Activity]
    public Task CommitStockAsync(OrderAttempt attempt) => reservations.CommitAsync(attempt, Cancelled);
}
