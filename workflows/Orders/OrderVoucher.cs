using TemporalDelivery.Workflows.Effects;
using TemporalDelivery.Workflows.Operators;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace TemporalDelivery.Workflows.Orders;

/// <summary>
/// Starts the workflow of the voucher that a large order earns. Temporal records the start, so no worker of the voucher module needs to be
/// up; the voucher's workflow outlives the order's, which does not wait for it.
/// </summary>
internal static class OrderVoucher
{
    public static async Task StartAsync(OrderInput order, EffectRunner effects)
    {
        var earned = new EarnedVoucher(order.OrderId, order.CustomerId, OrderRules.VoucherAmountCents);
        var start = Workflow.StartChildWorkflowAsync(
            VoucherMessageNames.Workflow,
            [earned],
            new ChildWorkflowOptions
            {
                Id = WorkflowIds.Voucher(order.OrderId),
                TaskQueue = TaskQueues.Vouchers,
                IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
                ParentClosePolicy = ParentClosePolicy.Abandon,
                CancellationToken = CancellationToken.None,
            }
        );

        // After the deadline the server starts it all the same: an abandoned child does not end with its parent.
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
            // The order has its voucher already: there is one per order.
        }
        catch (FailureException failure)
        {
            await effects.OpenTaskAsync(
                "voucher",
                OperatorTaskKind.StepFailed,
                $"the voucher of {earned.AmountCents} cents was not issued: {EffectRunner.Cause(failure)}"
            );
        }
    }
}
