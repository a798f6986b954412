using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Hosting.Logging;
using TemporalDelivery.Hosting.Startup;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Worker.Broker;
using TemporalDelivery.Worker.Health;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Worker.Mail;
using TemporalDelivery.Worker.Merchants;
using TemporalDelivery.Worker.Modules;
using TemporalDelivery.Worker.Operators;
using TemporalDelivery.Worker.ReadModel;
using TemporalDelivery.Worker.Reconciliation;
using TemporalDelivery.Worker.Relays;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Pages;

// `docs PATH` writes the page about the delivery states instead of running a host.
if (args is ["docs", var page])
{
    await File.WriteAllTextAsync(page, DeliveryStatesPage.Write());
    return 0;
}

if (args is [RebuildCommand.Name, .. var settings])
{
    return await HostProcess.RunAsync("worker", () => RebuildCommand.RunAsync(settings));
}

return await HostProcess.RunAsync("worker", () =>
{
    var builder = Host.CreateApplicationBuilder(
        new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory }
    );
    var modules = builder.ReadModules();
    builder.AddConsoleLog();
    builder.AddHealth();
    builder.AddHealthListener();
    builder.AddGracefulStop();
    builder.AddDatabase(modules);
    builder.AddTemporal(Advice.AllowedNow, new ActorProofInterceptor(new ActorProof(builder.Configuration.Keys("Actors:Keys"))));
    builder.AddWaitForTemporal();
    if (modules.Has(Module.Orders) || modules.Has(Module.Deliveries))
    {
        builder.AddSearchAttributes(BusinessAttributes.All);
    }

    if (modules.Has(Module.Orders))
    {
        builder.AddOrders();
        builder.AddPaymentEvents();
        builder.AddReconciliation();
        builder.AddBroker();
    }

    if (modules.Has(Module.Deliveries))
    {
        builder.AddDeliveries();
        builder.AddPartnerEvents();
    }

    if (modules.Has(Module.Vouchers))
    {
        builder.AddVoucherModule();
        builder.AddOutboxReader<VoucherReader>();
    }

    if (modules.Has(Module.Orders) || modules.Has(Module.Deliveries))
    {
        builder.AddNotifiedWakeSignals();
        builder.AddReadModelProjector();
        builder.AddOutboxRelay();
        builder.AddMail();
        builder.AddMerchantWebhooks();
        builder.AddExpiry();
        builder.AddQueueWatcher();
    }

    return builder.Build();
});
