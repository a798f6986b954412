using System.Text.Json;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Vouchers;

/// <summary>
/// Starts the workflow of every voucher that an order has earned: a host tells it of <c>order.completed</c>, at least once. A workflow that
/// was started is not started twice.
/// </summary>
public sealed class EarnedVouchers(ITemporalClient temporal)
{
    /// <summary>The topic that earns vouchers.</summary>
    public const string Completed = "order.completed";

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>An order is complete.</summary>
    /// <param name="payload">The event's JSON: <c>orderId</c>, <c>customerId</c>, <c>totalCents</c> before any discount.</param>
    /// <param name="cancellationToken">Gives up; nothing is lost by it if the event is told again.</param>
    /// <exception cref="JsonException">The payload cannot be read, and never will be.</exception>
    /// <exception cref="RpcException">Temporal is away: the event is to be told again.</exception>
    public async Task StartAsync(string payload, CancellationToken cancellationToken)
    {
        var order = JsonSerializer.Deserialize<CompletedOrder>(payload, JsonSerializerOptions.Web)
            ?? throw new JsonException("the event of a completed order is null");
        if (order.TotalCents <= VoucherRule.ThresholdCents)
        {
            return;
        }

        var voucher = new IssueVoucher(order.OrderId, order.CustomerId, VoucherRule.AmountCents);
        try
        {
            await temporal.StartWorkflowAsync(
                (VoucherWorkflow workflow) => workflow.RunAsync(voucher),
                new WorkflowOptions($"voucher-{voucher.OrderId}", VoucherModule.TaskQueue)
                {
                    IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
                    Rpc = new RpcOptions { Timeout = Answer, CancellationToken = cancellationToken },
                }
            );
        }
        catch (WorkflowAlreadyStartedException)
        {
            // The event was told before: there is one voucher per order.
        }
    }

    private sealed record CompletedOrder
    {
        public required Guid OrderId { get; init; }

        public required Guid CustomerId { get; init; }

        public required long TotalCents { get; init; }
    }
}
