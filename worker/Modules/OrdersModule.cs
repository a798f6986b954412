using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Activities.Deliveries;
using TemporalDelivery.Activities.Inventory;
using TemporalDelivery.Activities.Operators;
using TemporalDelivery.Activities.Orders;
using TemporalDelivery.Activities.Outbox;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>Runs orders.</summary>
static class OrdersModule
{
    /// <summary>A worker of the queue <see cref="TaskQueues.Orders"/>; the payment provider is at <c>Payments:BaseUrl</c>.</summary>
    public static void AddOrders(this HostApplicationBuilder builder)
    {
        builder.Services.AddPaymentProvider(builder.Configuration.RequireUrl("Payments:BaseUrl"));
        builder.Services.AddHostedTemporalWorker(TaskQueues.Orders)
            .Tuned(builder.Configuration)
            .AddWorkflow<OrderWorkflow>()
            .AddScopedActivities<OrderActivities>()
            .AddScopedActivities<InventoryActivities>()
            .AddScopedActivities<PaymentActivities>()
            .AddScopedActivities<DeliveryActivities>()
            .AddScopedActivities<OutboxActivities>()
            .AddScopedActivities<OperatorTaskActivities>();
    }
}
