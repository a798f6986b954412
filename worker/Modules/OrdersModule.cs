using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Activities.Payments.Http;
using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Reconciliation;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>Runs orders.</summary>
internal static class OrdersModule
{
    /// <summary>A worker of the queue <see cref="TaskQueues.Orders"/>; the payment provider is at <c>Payments:BaseUrl</c>.</summary>
    public static void AddOrders(this HostApplicationBuilder builder)
    {
        builder.Services.AddHttpPaymentProvider(builder.Configuration.RequiredAddress("Payments:BaseUrl"));
        builder.Services.TryAddSingleton(builder.Configuration.Section<BookOptions>("Books"));
        builder
            .AddWorker(TaskQueues.Orders)
            .AddWorkflow<OrderWorkflow>()
            .AddWorkflow<ReconciliationWorkflow>()
            .AddScopedActivities<PaymentActivities>()
            .AddScopedActivities<ChargeReconciliation>()
            .AddSingletonActivities<StoryReconciliation>()
            .AddSingletonActivities<OrderSteps>()
            .AddSingletonActivities<DeliveryStore>()
            .AddSingletonActivities<OperatorTaskStore>();
    }
}
