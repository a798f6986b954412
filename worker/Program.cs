using Microsoft.Extensions.Hosting;
using TemporalDelivery.Worker.Health;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Worker.Modules;
using TemporalDelivery.Worker.ReadModel;
using TemporalDelivery.Worker.Relays;

return await Startup.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
    var modules = builder.ReadModules();
    builder.AddConsoleLog();
    builder.AddHealth();
    builder.AddStorage(modules);
    builder.AddTemporal();
    builder.AddWaitingForDependencies();

    if (modules.Has(Module.Orders))
        builder.AddOrders();
    if (modules.Has(Module.Deliveries))
        builder.AddDeliveries();
    if (modules.Has(Module.Vouchers))
        builder.AddVoucherModule();

    if (modules.Has(Module.Orders) || modules.Has(Module.Deliveries))
    {
        builder.AddWakeUps();
        builder.AddReadModelProjector();
        builder.AddInboxRelay();
        builder.AddOutboxRelay();
        builder.AddForgetting();
    }

    return builder.Build();
});
