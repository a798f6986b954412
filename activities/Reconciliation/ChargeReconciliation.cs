using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Database.Reconciliation;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace TemporalDelivery.Activities.Reconciliation;

/// <summary>
/// Compares our payments with the payment provider's charges: first all charges of the slice with our book, then our settled payments of
/// the slice that were not among them. What does not agree is read once more from either side before it counts. Open tasks of earlier
/// comparisons are looked at again once in a pass, wherever their charges are in time.
/// </summary>
public sealed class ChargeReconciliation(
    IPaymentProvider provider,
    PaymentBook book,
    BookDifferences differences,
    LatePayments payments,
    BookOptions options
)
{
    private const int PageSize = 200;

    // A refund that the provider cannot do now is left to the retries, but not for ever.
    private const int TriesBeforeTask = 3;

    private static ActivityExecutionContext Context => ActivityExecutionContext.Current;

    private static CancellationToken Cancellation => Context.CancellationToken;

    /// <inheritdoc cref="IBookActivities.ReconcileChargesAsync"/>
    [Activity]
    public async Task<Reconciled> ReconcileChargesAsync(ReconciledSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        var tally = new BookTally();
        var examined = new HashSet<ChargeKey>();
        var listed = await CompareTheirsAsync(slice, tally, examined);
        await CompareOursAsync(slice, tally, listed, examined);
        if (slice.IsLast)
        {
            await LookAgainAsync(tally, examined);
        }

        return tally.Sum();
    }

    private async Task LookAgainAsync(BookTally tally, HashSet<ChargeKey> examined)
    {
        foreach (var charge in (await differences.ListOpenAsync(ChargeKey.TaskPattern, Cancellation)).Select(ChargeKey.OfTask))
        {
            // Only repairs count: its difference was counted in the slice that it is of.
            if (examined.Add(charge) && await ExamineAsync(charge) is BookVerdict.Repaired)
            {
                tally.Count(BookVerdict.Repaired);
            }
        }
    }

    private async Task<HashSet<string>> CompareTheirsAsync(ReconciledSlice slice, BookTally tally, HashSet<ChargeKey> examined)
    {
        var listed = new HashSet<string>();
        string? cursor = null;
        do
        {
            Context.Heartbeat();
            var page = await provider.ListAsync(slice.From, slice.To, cursor, Cancellation);
            var ours = await book.ReadAsync([.. page.Charges.Select(charge => charge.Attempt)], options.Grace, Cancellation);
            tally.Compared(page.Charges.Count);
            foreach (var (attempt, charge) in page.Charges)
            {
                listed.Add(charge.PaymentId);
                var key = new ChargeKey(attempt, charge.PaymentId);
                if (ChargeFinding.Find(key, charge, ours.GetValueOrDefault(attempt)) is not null && examined.Add(key))
                {
                    tally.Count(await ExamineAsync(key));
                }
            }

            cursor = page.Next;
        } while (cursor is not null);

        return listed;
    }

    private async Task CompareOursAsync(ReconciledSlice slice, BookTally tally, HashSet<string> listed, HashSet<ChargeKey> examined)
    {
        Guid? after = null;
        IReadOnlyList<SettledPayment> page;
        do
        {
            Context.Heartbeat();
            page = await book.ListSettledAsync(slice.From, slice.To, after, PageSize, Cancellation);
            foreach (var payment in page.Where(payment => !listed.Contains(payment.ProviderPaymentId ?? "")))
            {
                // Charged in another slice, as a rule.
                tally.Compared(1);
                var key = new ChargeKey(new OrderAttempt(payment.OrderId, payment.Attempt), payment.ProviderPaymentId ?? "");
                if (examined.Add(key))
                {
                    tally.Count(await ExamineAsync(key));
                }
            }

            after = page.Count > 0 ? page[^1].Id : after;
        } while (page.Count == PageSize);
    }

    private async Task<BookVerdict> ExamineAsync(ChargeKey charge)
    {
        Context.Heartbeat();
        var theirs =
            charge.PaymentId.Length > 0
                ? await provider.FindAsync(charge.PaymentId, Cancellation)
                : await provider.FindAsync(charge.Attempt, Cancellation);
        var ours = (await book.ReadAsync([charge.Attempt], options.Grace, Cancellation)).GetValueOrDefault(charge.Attempt);
        if (ours is { IsUnderWay: true })
        {
            return BookVerdict.Agrees;
        }

        var finding = ChargeFinding.Find(charge, theirs, ours);
        var failure = finding is { MayBeRefunded: true } ? await RefundAsync(charge) : null;
        var isRepaired = finding is { MayBeRefunded: true } && failure is null;
        var standing = isRepaired ? null : finding;
        var gone = Enum.GetValues<ChargeDifference>().Where(difference => difference != standing?.Difference);
        await differences.CloseAsync(gone.Select(difference => charge.TaskKey(difference)), Cancellation);

        if (standing is null)
        {
            return isRepaired ? BookVerdict.Repaired : BookVerdict.Agrees;
        }

        await differences.OpenAsync(standing.ToTask(failure), Cancellation);
        return BookVerdict.Differs;
    }

    /// <returns>Why it could not be refunded; null when it was.</returns>
    private async Task<string?> RefundAsync(ChargeKey charge)
    {
        try
        {
            await provider.RefundAsync(charge.PaymentId, LateRefund.Key(charge.Attempt, charge.PaymentId), Cancellation);
        }
        catch (ApplicationFailureException failure) when (failure.NonRetryable || Context.Info.Attempt >= TriesBeforeTask)
        {
            return failure.Message;
        }

        await payments.RefundedAsync(charge.Attempt, charge.PaymentId, Cancellation);
        return null;
    }
}
