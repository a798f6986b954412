using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// The voucher that a large order earns. Temporal itself records the start of the voucher's workflow, which then outlives the order's: no worker of the
/// voucher module needs to be alive, and nothing that goes wrong there is waited for.
/// </summary>
internal static class OrderVoucher
{
    public static async Task StartAsync(OrderInput order, EffectRunner effects)
    {
        var earned = new EarnedVoucher(order.OrderId, order.CustomerId, OrderRules.VoucherAmountCents);
        var start = Workflow.StartChildWorkflowAsync(VoucherMessageNames.Workflow, [earned], new ChildWorkflowOptions
        {
            Id = WorkflowIds.Voucher(order.OrderId),
            TaskQueue = TaskQueues.Vouchers,
            IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
            ParentClosePolicy = ParentClosePolicy.Abandon,
            CancellationToken = CancellationToken.None,
        });

        // Past the deadline the server still starts it: abandoned children do not end with their parent.
        if (!await Workflow.WaitConditionAsync(() => start.IsCompleted, order.Options.VoucherStartDeadline, CancellationToken.None))
        {
            return;
        }

        try
        {
            await start;
        }
        catch (WorkflowAlreadyStartedException)
        {
            // One voucher per order: this one has its voucher.
        }
        catch (FailureException failure)
        {
            await effects.OpenTaskAsync("voucher", OperatorTaskKind.StepFailed, $"the voucher of {earned.AmountCents} cents was not issued: {EffectRunner.Cause(failure)}");
        }
    }
}
