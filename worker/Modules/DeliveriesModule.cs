using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Activities.Deliveries;
using TemporalDelivery.Activities.Operators;
using TemporalDelivery.Activities.Outbox;
using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using Temporalio.Extensions.Hosting;

namespace TemporalDelivery.Worker.Modules;

/// <summary>Runs deliveries.</summary>
static class DeliveriesModule
{
    /// <summary>A worker of the queue <see cref="TaskQueues.Deliveries"/>; the partner is at <c>Partner:BaseUrl</c>. A wrong delivery graph stops the host here.</summary>
    public static void AddDeliveries(this HostApplicationBuilder builder)
    {
        try
        {
            DeliveryGraph.CheckPublished();
        }
        catch (DeliveryGraphException failure)
        {
            throw new ConfigurationFault(failure.Message, failure);
        }

        builder.Services.AddDeliveryPartner(builder.Configuration.RequireUrl("Partner:BaseUrl"));
        builder.Services.AddHostedTemporalWorker(TaskQueues.Deliveries)
            .Tuned(builder.Configuration)
            .AddWorkflow<DeliveryWorkflow>()
            .AddScopedActivities<DeliveryActivities>()
            .AddScopedActivities<PartnerActivities>()
            .AddScopedActivities<OutboxActivities>()
            .AddScopedActivities<OperatorTaskActivities>();
    }
}
