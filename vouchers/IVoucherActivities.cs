using Temporalio.Activities;

namespace TemporalDelivery.Vouchers;

/// <summary>The module's effects, on its own task queue. Orders call the last two by name, on <see cref="VoucherModule.TaskQueue"/>.</summary>
public interface IVoucherActivities
{
    /// <summary>Issues the order's voucher, DISABLED; when it has one already, returns that.</summary>
    [Activity]
    Task<IssuedVoucher> IssueVoucherAsync(IssueVoucher voucher);

    /// <summary>Makes it READY, once: one that was disabled since stays so.</summary>
    [Activity]
    Task ActivateVoucherAsync(IssuedVoucher voucher);

    /// <summary>Redeems it: of all that try at the same time exactly one succeeds. Repeated by the same order attempt: the same answer.</summary>
    [Activity]
    Task<VoucherRedemption> RedeemVoucherAsync(VoucherUse use);

    /// <summary>Makes it READY again if this order attempt uses it; in any case it never will. The answer is never redeemed.</summary>
    [Activity]
    Task<VoucherRedemption> GiveVoucherBackAsync(VoucherUse use);
}
