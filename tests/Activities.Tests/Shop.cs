using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TemporalDelivery.Activities.Partner;
using TemporalDelivery.Activities.Partner.Http;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Activities.Payments.Http;
using TemporalDelivery.Activities.Reconciliation;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Deliveries;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;
using Temporalio.Client;
using Temporalio.Testing;

namespace TemporalDelivery.Activities.Tests;

/// <summary>A migrated database, the activities on it, and both providers as HTTP servers of this process.</summary>
public sealed class Shop : IAsyncDisposable
{
    public static readonly Guid Ada = Guid.Parse("01920000-0000-7000-8000-000000000001");

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    /// <summary>For how long after a change nothing is compared.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private Shop(TestDatabase database, ServiceProvider services, Provider payments, Provider partner)
    {
        this.database = database;
        this.services = services;
        Payments = payments;
        Partner = partner;
    }

    /// <summary>The payment provider.</summary>
    public Provider Payments { get; }

    /// <summary>The delivery partner.</summary>
    public Provider Partner { get; }

    /// <param name="realPayments">Where the payment provider is; null: the one that answers as the test says.</param>
    /// <param name="realPartner">Where the partner is; null: the one that answers as the test says.</param>
    public static async Task<Shop> OpenAsync(Uri? realPayments = null, Uri? realPartner = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var database = await ShopDatabase.CreateAsync(cancellation);
        var payments = await Provider.StartAsync();
        var partner = await Provider.StartAsync();
        var services = new ServiceCollection()
            .AddLogging()
            .AddPostgres(database.ConnectionString, MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededWith("demo"))
            .AddDatabase()
            .AddReceiptPins([new byte[32]])
            .AddHttpPaymentProvider(realPayments ?? payments.Address)
            .AddHttpDeliveryPartner(realPartner ?? partner.Address)
            .AddTransient<PaymentActivities>()
            .AddTransient<PartnerActivities>()
            .AddSingleton(new BookOptions { Grace = Grace })
            .AddTransient<ChargeReconciliation>()
            .AddTransient<ParcelReconciliation>()
            .AddSingleton<ITemporalClient>(TemporalClient.CreateLazy(new("nobody.invalid:1")))
            .AddSingleton(new ReconciliationOptions())
            .AddTransient<StoryReconciliation>()
            .BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync(cancellation);
        return new Shop(database, services, payments, partner);
    }

    /// <summary>Something that takes what is given, and the rest from here.</summary>
    public T Create<T>(params object[] given)
        where T : notnull => ActivatorUtilities.CreateInstance<T>(services, given);

    /// <summary>Runs one attempt of an activity.</summary>
    public Task<TResult> RunAsync<TActivities, TResult>(Func<TActivities, Task<TResult>> activity)
        where TActivities : notnull => new ActivityEnvironment().RunAsync(() => activity(services.GetRequiredService<TActivities>()));

    /// <inheritdoc cref="RunAsync{TActivities, TResult}"/>
    public Task RunAsync<TActivities>(Func<TActivities, Task> activity)
        where TActivities : notnull => new ActivityEnvironment().RunAsync(() => activity(services.GetRequiredService<TActivities>()));

    /// <summary>An order that waits for its payment.</summary>
    public Task<AcceptedOrder> AdmittedAsync(params (string Sku, int Quantity)[] lines) => AdmittedAsync(voucherCode: null, lines);

    /// <summary>An order that waits for its payment, which a voucher that was redeemed lessens.</summary>
    public async Task<AcceptedOrder> AdmittedAsync(string? voucherCode, params (string Sku, int Quantity)[] lines)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var facts = await services.GetRequiredService<CatalogueReader>().ReadFactsAsync(Ada, lines.Select(line => line.Sku), cancellation);
        var draft = new OrderDraft(Ada, [.. lines.Select(line => new DraftLine(line.Sku, line.Quantity))], null, "tok_ok");
        var order = new AcceptedOrder(
            Guid.CreateVersion7(),
            Ada,
            1,
            OrderRules.PricedLines(draft, facts),
            OrderRules.AddressFor(draft, facts),
            "tok_ok",
            voucherCode
        );
        await services
            .GetRequiredService<OrderStore>()
            .AcceptAsync([order], Actor.Customer(Ada), null, new AnswerFrame(201, null, "[", "]"), cancellation);
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        Assert.Equal(
            new OrderAdmission(OrderStatus.PaymentProcessing),
            await RunAsync<OrderSteps, OrderAdmission>(orders => orders.AdmitOrderAsync(attempt))
        );
        return order;
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await services
            .GetRequiredService<NpgsqlDataSource>()
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql, values);
    }

    /// <summary>The rows that the query finds.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? values = null)
    {
        await using var connection = await services
            .GetRequiredService<NpgsqlDataSource>()
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        return (await connection.QueryAsync<T>(sql, values)).AsList();
    }

    /// <summary>The only row that the query finds.</summary>
    public async Task<T> SingleAsync<T>(string sql)
    {
        await using var connection = await services
            .GetRequiredService<NpgsqlDataSource>()
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await connection.QuerySingleAsync<T>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Payments.DisposeAsync();
        await Partner.DisposeAsync();
        await database.DisposeAsync();
    }
}
