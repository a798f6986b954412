using Temporalio.Common;
using Temporalio.Workflows;

namespace TemporalDelivery.Vouchers;

/// <summary>
/// A voucher's story: it is issued once for its order, DISABLED, and then made READY. It is started when its order is completed. While the
/// database is away it keeps trying.
/// </summary>
[Workflow]
public sealed class VoucherWorkflow
{
    private static readonly ActivityOptions UntilItSucceeds = new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(30),
        RetryPolicy = new RetryPolicy
        {
            InitialInterval = TimeSpan.FromMilliseconds(500),
            BackoffCoefficient = 2,
            MaximumInterval = TimeSpan.FromMinutes(1),
        },
    };

    private VoucherState state = VoucherState.Disabled;

    /// <summary>Issues the voucher and makes it ready.</summary>
    [WorkflowRun]
    public async Task<IssuedVoucher> RunAsync(IssueVoucher voucher)
    {
        var issued = await Workflow.ExecuteActivityAsync(
            (IVoucherActivities vouchers) => vouchers.IssueVoucherAsync(voucher),
            UntilItSucceeds
        );
        await Workflow.ExecuteActivityAsync((IVoucherActivities vouchers) => vouchers.ActivateVoucherAsync(issued), UntilItSucceeds);
        state = VoucherState.Ready;
        return issued;
    }

    /// <summary>DISABLED while it is being issued, then READY; what becomes of it later is in the database.</summary>
    [WorkflowQuery(Description = "DISABLED while it is being issued, then READY.")]
    public VoucherState View() => state;
}
