using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.Customers;
using TemporalDelivery.Api.Deliveries;
using TemporalDelivery.Api.Health;
using TemporalDelivery.Api.Hosting;
using TemporalDelivery.Api.OpenApi;
using TemporalDelivery.Api.Orders;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Relay;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Api.Vouchers;
using TemporalDelivery.Api.Webhooks;

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddConsoleLog();
    builder.AddListening();
    builder.AddRequests();
    builder.AddProblems();
    builder.AddActors();
    builder.AddStorage();
    builder.AddTemporal();
    builder.AddStatusReads();
    builder.AddOrders();
    builder.AddAcceptedOrdersRelay();
    builder.AddVoucherReads();
    builder.AddWebhooks();
    builder.AddApiDocument();

    var app = builder.Build();
    app.UseProblems();
    app.UseActors();
    app.UseRequestTimeouts();
    app.MapOrders();
    app.MapDeliveries();
    app.MapCustomers();
    app.MapVouchers();
    app.MapWebhooks();
    app.MapHealth();
    app.MapApiDocument();

    await app.MigrateDatabaseAsync();
    await app.RunAsync();
});
