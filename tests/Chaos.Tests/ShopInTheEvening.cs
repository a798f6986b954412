using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Chaos.Audit;
using TemporalDelivery.Chaos.Meddling;
using TemporalDelivery.Database;
using TemporalDelivery.Database.ReadModel;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Processes.Receivers;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Chaos.Tests;

/// <summary>
/// The product's own schema with the rows of <c>Evening.sql</c> and the ledgers that go with them: nothing in it deviates from any rule.
/// What a test spoils is forgotten after it.
/// </summary>
public sealed class ShopInTheEvening : IAsyncLifetime
{
    /// <summary>The payment provider's ledger.</summary>
    private static readonly string[] Payments =
    [
        Charged("a1", 17899, "settled"),
        Charged("a2", 1499, "settled"),
        Charged("a3", 4550, "settled"),
        """{"kind":"refunded","paymentId":"pay_a3","orderId":"00000000-0000-0000-0000-0000000000a3","amountCents":4550}""",
        Charged("a4", 4550, "declined"),
        Charged("a5", 4550, "settled"),
    ];

    /// <summary>The partner's ledger.</summary>
    private static readonly string[] Partner =
    [
        Booked("1", fails: null),
        Happened("1", "PICKED_UP", 1),
        Happened("1", "DELIVERED", 2),
        Booked("3", fails: null),
        """{"kind":"cancelled","number":"PD-3"}""",
        Booked("5", fails: "LOST"),
        Happened("5", "PICKED_UP", 1),
        Happened("5", "FAILED", 2),
    ];

    private static readonly Subscription[] Subscriptions =
    [
        new("mail", "folder", ["order.accepted", "order.failed", "order.cancelled", "customer.voucher_earned", "customer.reminder"]),
        new("webhooks", "merchant", ["order.%", "delivery.%"]),
        new("broker", "queue", ["order.completed", "order.failed", "delivery.confirmed"]),
    ];

    private TestDatabase? database;
    private Dictionary<string, int> stockBefore = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        database = await ShopDatabase.CreateAsync(cancellation);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddPostgres(
                database.ConnectionString,
                MigrationSet.EmbeddedIn(DatabaseSchema.Scripts, DatabaseSchema.Name).SeededWith("demo"),
                MigrationSet.EmbeddedIn(VoucherSchema.Scripts, VoucherSchema.Name)
            )
            .AddDatabase()
            .BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync(cancellation);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellation);
        var stock = await connection.QueryAsync<(string Sku, int OnHand)>("select sku, on_hand from orders.stock");
        stockBefore = stock.ToDictionary(row => row.Sku, row => row.OnHand);
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await connection.ExecuteAsync(await EveningAsync(cancellation));
            await transaction.CommitAsync(cancellation);
        }

        var projector = services.GetRequiredService<ReadModelProjector>();
        while (await projector.ProjectAsync(100, cancellation) > 0) { }
    }

    /// <summary>The id of an order of the evening.</summary>
    public static Guid Order(string id) => Guid.Parse($"00000000-0000-0000-0000-0000000000{id}");

    /// <summary>A line of the payment provider's ledger.</summary>
    public static string Charged(string id, long cents, string status, string? paymentId = null) =>
        $$"""{"kind":"charged","paymentId":"{{paymentId ?? "pay_" + id}}","orderId":"{{Order(id)}}","attempt":1,"amountCents":{{cents}},"status":"{{status}}"}""";

    /// <summary>A line of the partner's ledger.</summary>
    public static string Happened(string number, string type, int second) =>
        $$$"""{"kind":"happened","number":"PD-{{{number}}}","at":"2026-11-29T12:00:0{{{second}}}+00:00","event":{"type":"{{{type}}}"},"unsent":false}""";

    /// <summary>A line of the partner's ledger.</summary>
    public static string Booked(string number, string? fails, string? suffix = null) =>
        $$"""{"kind":"booked","number":"PD-{{number}}{{suffix}}","deliveryOrderId":"{{Order("d" + number)}}","orderId":"{{Order("a" + number)}}","attempt":1,"accepted":true,"fails":{{(fails is null ? "null" : $"\"{fails}\"")}}}""";

    /// <summary>What the audit finds after this was done to tables and ledgers.</summary>
    internal async Task<IReadOnlyList<Difference>> AuditAsync(
        string spoil = "",
        IReadOnlyList<string>? payments = null,
        IReadOnlyList<string>? partner = null,
        IReadOnlyList<string>? running = null,
        bool hasFaults = true,
        Func<IReadOnlyList<ReceivedMessage>, IEnumerable<ReceivedMessage>>? lie = null,
        params IReadOnlyList<MeddlingAct> meddled
    )
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("evening-");
        try
        {
            var evidence = new Evidence
            {
                PaymentsLedger = Path.Combine(folder.FullName, "payments.jsonl"),
                PartnerLedger = Path.Combine(folder.FullName, "partner.jsonl"),
                Placed =
                [
                    new(Order("a1"), "both", ["COMPLETED"], false),
                    new(Order("a2"), "voucher", ["COMPLETED"], false),
                    new(Order("a3"), "cancelled", ["COMPLETED", "CANCELLED"], false),
                    new(Order("a4"), "declined", ["FAILED"], false),
                    new(Order("a5"), "lost", ["COMPLETED", "CANCELLED"], false),
                ],
                StockBefore = stockBefore,
                Running = running ?? [],
                AccountableTasks = hasFaults ? ["DELIVERY_PENDING"] : [],
                Meddled = meddled,
                RemindAfter = TimeSpan.FromSeconds(10),
                Subscriptions = Subscriptions,
                Received = [],
            };
            await File.WriteAllLinesAsync(evidence.PaymentsLedger, payments ?? Payments, cancellation);
            await File.WriteAllLinesAsync(evidence.PartnerLedger, partner ?? Partner, cancellation);
            await using var connection = await SpoiltAsync(spoil, cancellation);
            var received = await ReceivedAsync(connection, cancellation);
            return await Auditor.AuditAsync(
                connection,
                evidence with
                {
                    Received = lie is null ? received : [.. lie(received)],
                },
                cancellation
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What is still to be done after this was done to the tables.</summary>
    internal async Task<string> LeftAsync(string spoil = "", params IReadOnlyList<string> running)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var connection = await SpoiltAsync(spoil, cancellation);
        return await Rest.LeftAsync(connection, running, cancellation);
    }

    /// <summary>The payment provider's ledger with this line more.</summary>
    public static IReadOnlyList<string> PaymentsAnd(string line) => [.. Payments, line];

    /// <summary>The partner's ledger with this line more.</summary>
    public static IReadOnlyList<string> PartnerAnd(string line) => [.. Partner, line];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    // In a transaction that ends with the connection, so that it is forgotten.
    private async Task<NpgsqlConnection> SpoiltAsync(string spoil, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(database!.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync("begin; set local session_replication_role = replica;" + spoil);
        return connection;
    }

    // What everybody has received who was told what the log says.
    private static async Task<IReadOnlyList<ReceivedMessage>> ReceivedAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var told = new List<ReceivedMessage>();
        foreach (var (reader, receiver, topics) in Subscriptions)
        {
            var messages = await connection.QueryAsync<(string EventId, string Content)>(
                new CommandDefinition(
                    """
                    select event_id::text || case @reader when 'mail' then '@shop.example' else '' end,
                        case @reader
                            when 'mail' then jsonb_build_object(
                                'to', c.email, 'subject', topic, 'text', concat(order_id, ' ', payload ->> 'code'))
                            when 'webhooks' then jsonb_build_object('type', topic, 'timestamp', recorded_at, 'data', payload)
                            else jsonb_build_object('type', topic, 'orderId', order_id, 'data', payload)
                        end::text
                    from (select *, coalesce((payload ->> 'orderId')::uuid, aggregate_id) as order_id from messages.outbox) o
                    left join orders.customers c on c.customer_id = (payload ->> 'customerId')::uuid
                    where topic like any (@topics) and position is not null
                    order by position
                    """,
                    new { reader, topics = topics.ToArray() },
                    cancellationToken: cancellationToken
                )
            );
            told.AddRange(
                messages.Select(
                    (message, turn) => new ReceivedMessage(reader, receiver, turn, message.EventId, message.Content, IsSigned: true)
                )
            );
        }

        return told;
    }

    private static async Task<string> EveningAsync(CancellationToken cancellationToken)
    {
        await using var stream = typeof(ShopInTheEvening).Assembly.GetManifestResourceStream("Evening.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
