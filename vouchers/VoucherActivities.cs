using Temporalio.Activities;

namespace TemporalDelivery.Vouchers;

/// <summary>The module's effects on PostgreSQL.</summary>
public sealed class VoucherActivities(VoucherStore store) : IVoucherActivities
{
    /// <inheritdoc/>
    [Activity]
    public async Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher)
    {
        var issued = await store.IssueAsync(voucher, Cancellation);
        return new IssuedVoucher(issued.VoucherId, issued.Code);
    }

    /// <inheritdoc/>
    [Activity]
    public Task ActivateVoucherAsync(IssuedVoucher voucher) => store.ActivateAsync(voucher.VoucherId, Cancellation);

    /// <inheritdoc/>
    [Activity]
    public Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use) => store.RedeemAsync(use, Cancellation);

    /// <inheritdoc/>
    [Activity]
    public async Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use)
    {
        await store.GiveBackAsync(use, Cancellation);
        return new VoucherRedemption(Redeemed: false, AmountCents: 0, "given back");
    }

    private static CancellationToken Cancellation => ActivityExecutionContext.Current.CancellationToken;
}
