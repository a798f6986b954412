using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>
/// Compares our delivery orders with the delivery partner's bookings: first all bookings of the slice with our book, then our parcels of
/// the slice that have left and were not among them. What does not agree is read once more from either side before it counts. Open tasks
/// of earlier comparisons are looked at again once in a pass, wherever their parcels are in time.
/// </summary>
public sealed class ParcelReconciliation(IDeliveryPartner partner, ParcelBook book, BookDifferences differences, BookOptions options)
{
    private const int PageSize = 200;

    private static ActivityExecutionContext Context => ActivityExecutionContext.Current;

    private static CancellationToken Cancellation => Context.CancellationToken;

    /// <inheritdoc cref="IBookActivities.ReconcileParcelsAsync"/>
    [Activity]
    public async Task<Reconciled> ReconcileParcelsAsync(ReconciledSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        var tally = new BookTally();
        var examined = new HashSet<Guid>();
        var listed = await CompareTheirsAsync(slice, tally, examined);
        await CompareOursAsync(slice, tally, listed, examined);
        if (slice.IsLast)
        {
            await LookAgainAsync(tally, examined);
        }

        return tally.Sum();
    }

    private async Task LookAgainAsync(BookTally tally, HashSet<Guid> examined)
    {
        foreach (var parcel in (await differences.ListOpenAsync(ParcelFinding.TaskPattern, Cancellation)).Select(ParcelFinding.OfTask))
        {
            // Only repairs count: its difference was counted in the slice that it is of.
            if (examined.Add(parcel) && await ExamineAsync(parcel) is BookVerdict.Repaired)
            {
                tally.Count(BookVerdict.Repaired);
            }
        }
    }

    private async Task<HashSet<Guid>> CompareTheirsAsync(ReconciledSlice slice, BookTally tally, HashSet<Guid> examined)
    {
        var listed = new HashSet<Guid>();
        string? cursor = null;
        do
        {
            Context.Heartbeat();
            var page = await partner.ListAsync(slice.From, slice.To, cursor, Cancellation);
            var ours = await book.ReadAsync([.. page.Bookings.Select(booking => booking.DeliveryOrderId)], options.Grace, Cancellation);
            tally.Compared(page.Bookings.Count);
            foreach (var (parcel, state) in page.Bookings)
            {
                listed.Add(parcel);
                if (ParcelFinding.Find(parcel, state, ours.GetValueOrDefault(parcel)) is not null && examined.Add(parcel))
                {
                    tally.Count(await ExamineAsync(parcel));
                }
            }

            cursor = page.Next;
        } while (cursor is not null);

        return listed;
    }

    private async Task CompareOursAsync(ReconciledSlice slice, BookTally tally, HashSet<Guid> listed, HashSet<Guid> examined)
    {
        Guid? after = null;
        IReadOnlyList<Guid> page;
        do
        {
            Context.Heartbeat();
            page = await book.ListLeftAsync(slice.From, slice.To, after, PageSize, Cancellation);
            foreach (var parcel in page.Where(parcel => !listed.Contains(parcel)))
            {
                // Booked in another slice, as a rule.
                tally.Compared(1);
                if (examined.Add(parcel))
                {
                    tally.Count(await ExamineAsync(parcel));
                }
            }

            after = page.Count > 0 ? page[^1] : after;
        } while (page.Count == PageSize);
    }

    private async Task<BookVerdict> ExamineAsync(Guid parcel)
    {
        Context.Heartbeat();
        var theirs = (await partner.FindBookingAsync(parcel, Cancellation))?.State;
        var ours = (await book.ReadAsync([parcel], options.Grace, Cancellation)).GetValueOrDefault(parcel);
        if (ours is { IsUnderWay: true })
        {
            return BookVerdict.Agrees;
        }

        var finding = ParcelFinding.Find(parcel, theirs, ours);
        var failure = finding is { MayBeCancelled: true } ? await CancelAsync(parcel) : null;
        var isRepaired = finding is { MayBeCancelled: true } && failure is null;
        var standing = isRepaired ? null : finding;
        var gone = Enum.GetValues<ParcelDifference>().Where(difference => difference != standing?.Difference);
        await differences.CloseAsync(gone.Select(difference => ParcelFinding.TaskKey(parcel, difference)), Cancellation);

        if (standing is null)
        {
            return isRepaired ? BookVerdict.Repaired : BookVerdict.Agrees;
        }

        await differences.OpenAsync(standing.ToTask(failure), Cancellation);
        return BookVerdict.Differs;
    }

    /// <returns>Why it could not be cancelled; null when it was.</returns>
    private async Task<string?> CancelAsync(Guid parcel)
    {
        try
        {
            var answer = await partner.CancelAsync(parcel, Cancellation);
            return answer.Cancelled ? null : answer.Reason;
        }
        catch (ApplicationFailureException failure) when (failure.NonRetryable)
        {
            return failure.Message;
        }
    }
}
