using Temporalio.Activities;

namespace TemporalDelivery.Vouchers;

/// <summary>The module's effects, on its own task queue <see cref="VoucherModule.TaskQueue"/>. Orders call the last two by name.</summary>
public interface IVoucherActivities
{
    /// <summary>Issues the order's voucher, DISABLED; when it has one already, returns that.</summary>
    [Activity]
    public Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher);

    /// <summary>Makes it READY, once: one that was disabled since stays so.</summary>
    [Activity]
    public Task ActivateVoucherAsync(IssuedVoucher voucher);

    /// <summary>
    /// Redeems it: of all that try at the same time exactly one succeeds. The same order attempt, when it repeats the call, gets the same
    /// answer.
    /// </summary>
    [Activity]
    public Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use);

    /// <summary>
    /// Makes it READY again if this order attempt uses it, and refuses any later redemption by this attempt. The answer says "not
    /// redeemed".
    /// </summary>
    [Activity]
    public Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use);
}
