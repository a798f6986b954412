using Microsoft.Extensions.Diagnostics.HealthChecks;
using TemporalDelivery.Api.Actors;
using TemporalDelivery.Api.ApiKeys;
using TemporalDelivery.Api.Cancelling;
using TemporalDelivery.Api.Customers;
using TemporalDelivery.Api.Deliveries;
using TemporalDelivery.Api.Docs;
using TemporalDelivery.Api.Hosting;
using TemporalDelivery.Api.Merchants;
using TemporalDelivery.Api.Notifications;
using TemporalDelivery.Api.OpenApi;
using TemporalDelivery.Api.Operators;
using TemporalDelivery.Api.Orders;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Products;
using TemporalDelivery.Api.Relay;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.StatusReads;
using TemporalDelivery.Api.Temporal;
using TemporalDelivery.Api.Tokens;
using TemporalDelivery.Api.Users;
using TemporalDelivery.Api.Vouchers;
using TemporalDelivery.Api.Webhooks;
using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Health;
using TemporalDelivery.Hosting.Logging;
using TemporalDelivery.Hosting.Startup;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Workflows.Actors;

if (args is [UserCommand.Name, .. var words])
{
    return await HostProcess.RunAsync("user", () => UserCommand.RunAsync(words));
}

// `docs PATH` writes the API's description instead of running a host; no database is asked for it.
return args is ["docs", var path]
    ? await HostProcess.RunAsync("api", () => ApiDocument.WriteAsync(Compose(["--Database:ConnectionString=Host=nowhere"]), path))
    : await HostProcess.RunAsync("api", () => Compose(args));

static WebApplication Compose(string[] args)
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddConsoleLog();
    builder.AddHealth();
    builder.AddServerLimits();
    builder.AddRequests();
    builder.AddProblems();
    builder.AddActors();
    builder.AddDatabase();
    builder.AddTokens();
    builder.AddTemporal(interceptors: new ActorProofInterceptor(new ActorProof(builder.Configuration.Keys("Actors:Keys"))));
    builder.AddWorkflowCalls();
    builder.AddStatusReads();
    builder.AddOrders();
    builder.AddAcceptedOrdersRelay();
    builder.AddCancellations();
    builder.AddReceipts();
    builder.AddVoucherReads();
    builder.AddWebhooks();
    builder.AddMerchantWebhooks();
    builder.AddApiDocument();

    var app = builder.Build();
    app.UseAnswerHeaders();
    app.UseProblems();
    app.UseTokens();
    app.UseActors();
    app.UseRequestTimeouts();
    app.UseJsonCharset();
    app.UseIdempotentRequests();
    app.MapTokens();
    app.MapApiKeys();
    app.MapOrders();
    app.MapDeliveries();
    app.MapOperatorTasks();
    app.MapReconciliation();
    app.MapStepReleases();
    app.MapCustomers();
    app.MapProducts();
    app.MapVouchers();
    app.MapNotifications();
    app.MapWebhooks();
    app.MapMerchantWebhooks();
    app.MapHealth(app.Services.GetRequiredService<HealthCheckService>());
    app.MapApiDocument();
    app.MapDocs();
    return app;
}
