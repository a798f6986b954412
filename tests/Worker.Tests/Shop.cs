using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Activities.Payments;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.Payments;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Worker.Broker;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Worker.Mail;
using TemporalDelivery.Worker.Merchants;
using TemporalDelivery.Worker.Modules;
using TemporalDelivery.Worker.Operators;
using TemporalDelivery.Worker.ReadModel;
using TemporalDelivery.Worker.Relays;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Worker.Tests;

/// <summary>A migrated database and hosts with the worker's relays on it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private static readonly Guid Ada = Guid.Parse("01920000-0000-7000-8000-000000000001");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestDatabase database;
    private readonly List<IHost> hosts = [];

    private Shop(TestDatabase database) => this.database = database;

    public static async Task<Shop> OpenAsync()
    {
        var shop = new Shop(await ShopDatabase.CreateAsync(TestContext.Current.CancellationToken));
        var host = shop.Build("127.0.0.1:1");
        await host.Services.GetRequiredService<Migrator>().MigrateAsync(TestContext.Current.CancellationToken);
        return shop;
    }

    public T Get<T>()
        where T : notnull => hosts[0].Services.GetRequiredService<T>();

    /// <summary>A host with all relays and the projector, as a worker process has them.</summary>
    public async Task<IHost> RelayAsync(string temporal, string @namespace = "default", ConcurrentQueue<string>? lines = null)
    {
        var host = Build(temporal, @namespace, lines);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Settings of the hosts that are built from now on.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>A host in which this reader follows what is published.</summary>
    public async Task<IHost> ReadAsync<TReader>(TReader reader)
        where TReader : class, IOutboxReader
    {
        var builder = Builder("127.0.0.1:1");
        builder.Services.AddSingleton(reader);
        builder.AddOutboxReader<TReader>();
        var host = Keep(builder.Build());
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>A host that tells merchants, on loopback too, of what is published; it has begun to read.</summary>
    public async Task<IHost> TellMerchantsAsync()
    {
        var builder = Builder("127.0.0.1:1");
        builder.Configuration.AddInMemoryCollection([new("Webhooks:Outgoing:AllowPrivateNetworks", "true")]);
        builder.AddMerchantWebhooks();
        var host = Keep(builder.Build());
        await host.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync("select count(*) from messages.readers where reader = 'webhooks'", 1L);
        return host;
    }

    /// <summary>Opens and closes the tasks about messages that do not get on, as a worker does every now and then.</summary>
    public Task CheckBacklogAsync() => Get<BacklogTasks>().CheckAsync(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);

    /// <summary>An operator settles the open task.</summary>
    public async Task ResolveAsync(OperatorTaskResolution resolution)
    {
        var task = await SingleAsync<Guid>("select task_id from orders.operator_tasks where closed_at is null");
        await Get<OperatorTaskQueue>()
            .ChangeAsync(
                new OperatorTaskChange.Resolve(task, Actor.Operator("jane"), "mended", null, null, resolution),
                TestContext.Current.CancellationToken
            );
    }

    /// <summary>What the payment provider has done.</summary>
    public StubPayments Payments { get; } = new();

    /// <summary>A delivery order of a paid order.</summary>
    public async Task<Guid> DeliveryAsync()
    {
        var payment = await PaidAsync(ChargeOutcome.Settled);
        return payment.Delivery!.DeliveryOrderId;
    }

    /// <summary>An order whose charge is pending under this id.</summary>
    public async Task<Guid> PendingAsync(string paymentId)
    {
        await PaidAsync(ChargeOutcome.Pending, paymentId);
        return await SingleAsync<Guid>("select order_id from orders.orders");
    }

    private async Task<StoredPayment> PaidAsync(ChargeOutcome outcome, string paymentId = "pay_1")
    {
        var cancellation = TestContext.Current.CancellationToken;
        var facts = await Get<CatalogueReader>().ReadFactsAsync(Ada, ["BOOK-DDIA"], cancellation);
        var draft = new OrderDraft(Ada, [new DraftLine("BOOK-DDIA", 1)], null, "tok_ok");
        var order = new AcceptedOrder(
            Guid.CreateVersion7(),
            Ada,
            1,
            OrderRules.PricedLines(draft, facts),
            OrderRules.AddressFor(draft, facts),
            "tok_ok",
            null
        );
        await Get<OrderStore>().AcceptAsync([order], Actor.Customer(Ada), null, new AnswerFrame(201, null, "[", "]"), cancellation);
        var attempt = new OrderAttempt(order.OrderId, order.Attempt);
        await Get<OrderSteps>().AdmitOrderAsync(attempt);
        return await Get<PaymentStore>().StoreAsync(attempt, outcome, paymentId, null, cancellation);
    }

    /// <summary>An event as the partner's webhook brings it.</summary>
    public Task<InboxReceipt> PartnerSaysAsync(
        Guid delivery,
        string eventId,
        string type = "PICKED_UP",
        string note = "",
        string more = ""
    ) =>
        StoreAsync(
            EventSender.Partner,
            eventId,
            delivery,
            $$"""
            {"eventId":"{{eventId}}","type":"{{type}}","note":"{{note}}",{{more}}"mood":{"of":"driver"},
            "deliveryOrderId":"{{delivery}}","occurredAt":"2026-11-21T10:00:00+00:00"}
            """
        );

    /// <summary>An event as the payment provider's webhook brings it.</summary>
    public Task<InboxReceipt> PaymentsSayAsync(Guid order, string eventId, string type, string paymentId, int attempt = 1) =>
        StoreAsync(
            EventSender.Payments,
            eventId,
            order,
            $$"""{"eventId":"{{eventId}}","type":"{{type}}","paymentId":"{{paymentId}}","orderId":"{{order}}","attempt":{{attempt}}}"""
        );

    /// <summary>Ends the hosts that were started.</summary>
    public async Task StopAsync()
    {
        foreach (var host in hosts.Skip(1))
        {
            await host.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Closes the database's connections and takes none.</summary>
    public Task LetNobodyInAsync() => database.LetNobodyInAsync(TestContext.Current.CancellationToken);

    /// <summary>Takes connections again.</summary>
    public async Task LetAllInAsync()
    {
        await database.LetAllInAsync(TestContext.Current.CancellationToken);
        Get<NpgsqlDataSource>().Clear();
    }

    /// <summary>Waits until the query answers so.</summary>
    public async Task UntilAsync<T>(string sql, T expected)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        await using var connection = await Get<NpgsqlDataSource>().OpenConnectionAsync(deadline.Token);
        T? found = default;
        try
        {
            // The database waits between two looks, not the test: there is no notification of what is looked for.
            while (
                !Equals(
                    found = await connection.QuerySingleAsync<T>(new CommandDefinition(sql, cancellationToken: deadline.Token)),
                    expected
                )
            )
            {
                await connection.ExecuteAsync(new CommandDefinition("select pg_sleep(0.02)", cancellationToken: deadline.Token));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{sql}: expected {expected}, found {found}");
        }
    }

    public Task ExecuteAsync(string sql) => QueryAsync(connection => connection.ExecuteAsync(sql));

    public Task<T> SingleAsync<T>(string sql) => QueryAsync(connection => connection.QuerySingleAsync<T>(sql));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(hosts))
        {
            await host.StopAsync();
            host.Dispose();
        }

        await database.DisposeAsync();
    }

    private Task<InboxReceipt> StoreAsync(EventSender sender, string eventId, Guid aggregateId, string body) =>
        Get<Inbox>().StoreAsync(new(sender, eventId, aggregateId, body), TestContext.Current.CancellationToken);

    private async Task<T> QueryAsync<T>(Func<NpgsqlConnection, Task<T>> query)
    {
        await using var connection = await Get<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await query(connection);
    }

    private IHost Build(string temporal, string @namespace = "default", ConcurrentQueue<string>? lines = null)
    {
        var builder = Builder(temporal, @namespace);
        builder.AddTemporal();
        builder.AddNotifiedWakeSignals();
        builder.AddReadModelProjector();
        builder.AddPartnerEvents();
        builder.AddPaymentEvents();
        builder.AddBroker();
        builder.Services.AddSingleton<IPaymentProvider>(Payments);
        builder.AddOutboxRelay();
        builder.AddMail();
        builder.AddQueueWatcher();
        if (lines is not null)
        {
            builder.Logging.AddProvider(new LinesProvider(lines));
        }

        return Keep(builder.Build());
    }

    private IHost Keep(IHost host)
    {
        hosts.Add(host);
        return host;
    }

    private HostApplicationBuilder Builder(string temporal, string @namespace = "default")
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([
            new("Database:ConnectionString", database.ConnectionString),
            new("Database:Seed", "demo"),
            new("Temporal:Address", temporal),
            new("Temporal:Namespace", @namespace),
            new("Receipts:Keys:0", "cmVjZWlwdC1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3RzLTE="),
        ]);
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.AddDatabase(new HashSet<Module> { Module.Orders, Module.Deliveries });
        return builder;
    }
}
