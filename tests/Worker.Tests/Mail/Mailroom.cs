using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TemporalDelivery.Database;
using TemporalDelivery.Database.Mails;
using TemporalDelivery.Database.Messaging;
using TemporalDelivery.Hosting.Postgres;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Worker.Hosting;
using TemporalDelivery.Worker.Mail;
using TemporalDelivery.Worker.Modules;

namespace TemporalDelivery.Worker.Tests.Mail;

/// <summary>A migrated database with customers and orders, for one test after the other, and hosts on it that send mails.</summary>
public sealed class Mailroom : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // As if reader, sender and test were one process.
    private readonly WakeSignals wake = new();
    private TestDatabase database = null!;
    private IHost idle = null!;
    private long position;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    internal MailStore Mails => idle.Services.GetRequiredService<MailStore>();

    /// <summary>What the hosts have warned of.</summary>
    internal ConcurrentQueue<string> Warnings { get; } = [];

    public async ValueTask InitializeAsync()
    {
        database = await ShopDatabase.CreateAsync(Now);
        idle = Build([]);
        await idle.Services.GetRequiredService<Migrator>().MigrateAsync(Now);
    }

    public async ValueTask DisposeAsync()
    {
        idle.Dispose();
        await database.DisposeAsync();
    }

    /// <summary>A room as if nothing had happened here before.</summary>
    internal async Task<Mailroom> EmptyAsync()
    {
        await ExecuteAsync("delete from messages.mails; delete from messages.bounced_addresses");
        Warnings.Clear();
        return this;
    }

    /// <summary>A customer with an order.</summary>
    internal async Task<Patron> PatronAsync(string language = "en", string name = "Jane", string? address = null)
    {
        var patron = new Patron(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await ExecuteAsync(
            """
            insert into orders.customers (customer_id, name, email, language) values (@Customer, @name, @address, @language);
            insert into orders.orders (order_id, customer_id, status, total_cents, item_count, payment_token)
            values (@Order, @Customer, 'FULFILLMENT', 14550, 3, 'tok_ok');
            insert into orders.order_lines (order_id, line_number, sku, name, kind, quantity, unit_price_cents)
            values (@Order, 1, 'BOOK-DDIA', 'Designing <Data>', 'PHYSICAL', 2, 4550), (@Order, 2, 'LAMP-DESK', 'Lamp', 'PHYSICAL', 1, 5450);
            """,
            new
            {
                patron.Customer,
                patron.Order,
                name,
                language,
                address = address ?? $"{patron.Customer}@example.com",
            }
        );
        return patron;
    }

    /// <summary>The payment of the order's first attempt is so.</summary>
    internal Task PaidAsync(Patron patron, string status, long cents = 14550) =>
        ExecuteAsync(
            """
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents) values (@Payment, @Order, 1, @status, @cents)
            on conflict (payment_id) do update set status = @status, amount_cents = @cents
            """,
            new
            {
                patron.Payment,
                patron.Order,
                status,
                cents,
            }
        );

    /// <summary>The order's parcel is so.</summary>
    internal async Task ParcelAsync(Patron patron, string state, DateTimeOffset? waitsUntil = null)
    {
        await PaidAsync(patron, "SETTLED");
        await ExecuteAsync(
            """
            insert into deliveries.delivery_orders (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state,
                partner_delivery_number, graph_version, address, waits_until)
            values (@Delivery, @Order, @Customer, @Payment, 1, 1, @state, 'P-77', 2, '{}', @waitsUntil)
            on conflict (delivery_order_id) do update set state = @state, waits_until = @waitsUntil
            """,
            new
            {
                patron.Delivery,
                patron.Order,
                patron.Customer,
                patron.Payment,
                state,
                waitsUntil,
            }
        );
    }

    /// <summary>An event as the outbox has it.</summary>
    internal OutboxEvent Event(Patron patron, string topic, object? more = null)
    {
        var payload = JsonSerializer.SerializeToNode(new { orderId = patron.Order, customerId = patron.Customer })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            payload[name] = value?.DeepClone();
        }

        return new(Guid.CreateVersion7(), ++position, topic, patron.Order, patron.Order, payload.ToJsonString(), DateTime.UtcNow);
    }

    /// <summary>The reader reads an event.</summary>
    internal async Task<OutboxEvent> ReadAsync(OutboxEvent message)
    {
        await new MailReader(Mails).ReadAsync(message, Now);
        return message;
    }

    /// <inheritdoc cref="ReadAsync(OutboxEvent)"/>
    internal Task<OutboxEvent> ReadAsync(Patron patron, string topic, object? more = null) => ReadAsync(Event(patron, topic, more));

    /// <summary>A host that sends to this server, until it is disposed.</summary>
    internal Task<Sending> SendToAsync(SmtpServer server, params (string Key, string Value)[] more) =>
        SendAsync([("Mail:Smtp:Host", "127.0.0.1"), ("Mail:Smtp:Port", $"{server.Port}"), ("Mail:Smtp:Security", "None"), .. more]);

    /// <summary>A host that sends as these settings say.</summary>
    internal async Task<Sending> SendAsync(params (string Key, string Value)[] settings)
    {
        var host = Build([("Mail:From", "The shop <shop@shop.example>"), .. settings]);
        await host.StartAsync(Now);
        return new(host);
    }

    internal async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        await connection.ExecuteAsync(sql, parameters);
        wake.Signal(Channels.MailRecorded);
    }

    /// <summary>State, tries and last error of all mails, in the order of their events.</summary>
    internal async Task<IReadOnlyList<(string State, int Tries, string? Error)>> StandingAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Now);
        return
        [
            .. await connection.QueryAsync<(string, int, string?)>("select state, tries, last_error from messages.mails order by position"),
        ];
    }

    /// <summary>Waits until so many mails are in this state.</summary>
    internal Task UntilAsync(string state, int count) => UntilCountAsync("state = @state", count, state);

    /// <summary>Waits until so many mails have failed, and waits for another try.</summary>
    internal Task UntilTriedAsync(int count) => UntilCountAsync("state = 'WAITING' and last_error is not null", count);

    private async Task UntilCountAsync(string condition, int count, string? state = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Now);
        deadline.CancelAfter(Patience);
        await using var connection = await database.DataSource.OpenConnectionAsync(deadline.Token);
        var sql = $"select count(*) from messages.mails where {condition}";
        try
        {
            while (
                await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { state }, cancellationToken: deadline.Token))
                != count
            )
            {
                // The database waits between two looks: there is no notification of what is looked for.
                await connection.ExecuteAsync(new CommandDefinition("select pg_sleep(0.02)", cancellationToken: deadline.Token));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"expected {count} {state}, found {string.Join(", ", await StandingAsync())}; {string.Join('\n', Warnings)}");
        }
    }

    private IHost Build((string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([
            new("Database:ConnectionString", database.ConnectionString),
            new("Database:Seed", "demo"),
            new("Receipts:Keys:0", Convert.ToBase64String(Patron.PinKey)),
        ]);
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddDatabase(new HashSet<Module> { Module.Orders });
        builder.AddMail();
        builder.Services.AddSingleton(wake);
        builder.Logging.AddProvider(new LinesProvider(Warnings));
        return builder.Build();
    }
}
