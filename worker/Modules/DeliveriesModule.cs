using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Activities.Partner.Http;
using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>Runs deliveries.</summary>
internal static class DeliveriesModule
{
    /// <summary>
    /// A worker of the queue <see cref="TaskQueues.Deliveries"/>; the partner is at <c>Partner:BaseUrl</c>. A wrong delivery graph stops
    /// the host here.
    /// </summary>
    public static void AddDeliveries(this HostApplicationBuilder builder)
    {
        try
        {
            DeliveryGraph.CheckPublished();
        }
        catch (DeliveryGraphException failure)
        {
            throw new ConfigurationException(failure.Message, failure);
        }

        builder.Services.AddHttpDeliveryPartner(builder.Configuration.RequiredAddress("Partner:BaseUrl"));
        builder.Services.TryAddSingleton(builder.Configuration.Section<BookOptions>("Books"));
        builder
            .AddWorker(TaskQueues.Deliveries)
            .AddWorkflow<DeliveryWorkflow>()
            .AddScopedActivities<PartnerActivities>()
            .AddScopedActivities<ParcelReconciliation>()
            .AddSingletonActivities<DeliveryStore>()
            .AddSingletonActivities<OperatorTaskStore>();
    }
}
