using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Database.Catalogue;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Database.Orders;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Database.Tests;

/// <summary>A migrated database with the seed's customers and catalogue, and every store on it.</summary>
public sealed class Shop : IAsyncDisposable
{
    public static readonly Guid Ada = Guid.Parse("01920000-0000-7000-8000-000000000001");
    public static readonly Guid Grace = Guid.Parse("01920000-0000-7000-8000-000000000002");
    public static readonly Guid Linus = Guid.Parse("01920000-0000-7000-8000-000000000003");

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private Shop(TestDatabase database, ServiceProvider services)
    {
        this.database = database;
        this.services = services;
    }

    public NpgsqlDataSource Source => Get<NpgsqlDataSource>();

    public static async Task<Shop> OpenAsync()
    {
        var database = await ShopDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddPostgres(database.ConnectionString, MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededWith("demo"))
            .AddDatabase()
            .BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync(TestContext.Current.CancellationToken);
        return new Shop(database, services);
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>An order as POST makes it, at the catalogue's prices.</summary>
    public async Task<AcceptedOrder> DraftAsync(Guid customerId, params (string Sku, int Quantity)[] lines)
    {
        var facts = await Get<CatalogueReader>()
            .ReadFactsAsync(customerId, lines.Select(line => line.Sku), TestContext.Current.CancellationToken);
        var draft = new OrderDraft(customerId, [.. lines.Select(line => new DraftLine(line.Sku, line.Quantity))], null, "tok_ok");
        return new AcceptedOrder(
            Guid.CreateVersion7(),
            customerId,
            1,
            OrderRules.PricedLines(draft, facts),
            OrderRules.AddressFor(draft, facts),
            "tok_ok",
            null
        );
    }

    public async Task<AcceptedOrder> AcceptAsync(Guid customerId, params (string Sku, int Quantity)[] lines)
    {
        var order = await DraftAsync(customerId, lines);
        await AcceptAsync([order]);
        return order;
    }

    public Task<AcceptResult> AcceptAsync(IReadOnlyList<AcceptedOrder> orders, IdempotentRequest? request = null) =>
        Get<OrderStore>()
            .AcceptAsync(
                orders,
                Actor.Customer(orders[0].CustomerId),
                request,
                new AnswerFrame(201, $"/orders/{orders[0].OrderId}", "[", "]"),
                TestContext.Current.CancellationToken
            );

    /// <summary>Takes orders as a relay does that has started none before.</summary>
    public async Task<IReadOnlyList<TakenStart>> TakeStartsAsync(int limit = 10) =>
        (await Get<OrderStarts>().TakeAsync([], limit, TestContext.Current.CancellationToken)).Starts;

    /// <summary>Says that the workflows are started.</summary>
    public Task StartAsync(IEnumerable<TakenStart> starts) =>
        Get<OrderStarts>()
            .TakeAsync(
                [.. starts.Select(start => new StartOutcome(start.OrderId, start.Attempt, StartVerdict.Started))],
                0,
                TestContext.Current.CancellationToken
            );

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Projects until nothing is left.</summary>
    public async Task ProjectAsync()
    {
        while (await Get<ReadModelProjector>().ProjectAsync(100, TestContext.Current.CancellationToken) is not 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }
}
