using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using TemporalDelivery.Api.Orders;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Vouchers;

namespace TemporalDelivery.Api.Tests;

/// <summary>The real host on a loopback port and a database of its own. Temporal is away, unless the test gives it one.</summary>
public class ApiApplication : IAsyncLifetime
{
    public static readonly Guid Ada = Guid.Parse("01920000-0000-7000-8000-000000000001");
    public static readonly Guid Grace = Guid.Parse("01920000-0000-7000-8000-000000000002");
    public static readonly Guid Addressless = Guid.Parse("01920000-0000-7000-8000-000000000004");

    private static readonly DescribedAnswers Described = new();

    private Host? host;

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The keys that the partner may sign with: the old one and the new one.</summary>
    public IReadOnlyList<byte[]> PartnerKeys { get; } = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];

    /// <summary>The keys that the payment provider may sign with: the old one and the new one.</summary>
    public IReadOnlyList<byte[]> PaymentKeys { get; } = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];

    public virtual async ValueTask InitializeAsync()
    {
        Database = await ShopDatabase.CreateAsync();
        await StartAsync();
    }

    /// <summary>Starts the host, or starts it again.</summary>
    public async Task StartAsync() => host = await AnotherAsync();

    /// <summary>One more host on the same database.</summary>
    public async Task<Host> AnotherAsync(params (string Key, string Value)[] settings)
    {
        var another = new Host(
            new Dictionary<string, string>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["Tokens:PasswordRounds"] = "1000",
                ["Database:ConnectionString"] = Database.ConnectionString,
                ["Database:Seed"] = "demo",
                ["Temporal:Address"] = await TemporalAddressAsync(),
                ["Receipts:Keys:0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                ["Webhooks:Partner:Secrets:0"] = Secret(PartnerKeys[0]),
                ["Webhooks:Partner:Secrets:1"] = Secret(PartnerKeys[1]),
                ["Webhooks:Payments:Secrets:0"] = Secret(PaymentKeys[0]),
                ["Webhooks:Payments:Secrets:1"] = Secret(PaymentKeys[1]),
            }
        );
        foreach (var (key, value) in settings)
        {
            another.Set(key, value);
        }

        another.StartServer();
        return another;
    }

    /// <summary>A part of the host.</summary>
    public T Get<T>()
        where T : notnull => host!.Services.GetRequiredService<T>();

    /// <summary>A client of nobody in particular.</summary>
    /// <remarks>Whatever it is answered is held to the API's description.</remarks>
    public HttpClient Anybody() => new(Described, disposeHandler: false) { BaseAddress = host!.CreateClient().BaseAddress };

    public HttpClient As(string actor)
    {
        var client = Anybody();
        client.DefaultRequestHeaders.Add("X-Dev-Actor", actor);
        return client;
    }

    public HttpClient AsCustomer(Guid customerId) => As($"customer:{customerId}");

    public HttpClient AsOperator() => As("operator:olga");

    public HttpClient AsAdmin() => As("admin:root");

    /// <summary>A merchant's program.</summary>
    public HttpClient AsClient(string name) => As($"client:{name}");

    /// <summary>A customer's voucher of 5 EUR.</summary>
    public async Task<string> VoucherAsync(Guid customer, string state)
    {
        var code = VoucherCode.New();
        await ExecuteAsync(
            """
            insert into vouchers.vouchers (voucher_id, order_id, customer_id, code, amount_cents, state)
            values (@id, gen_random_uuid(), @customer, @code, 500, @state)
            """,
            new
            {
                id = Guid.CreateVersion7(),
                customer,
                code,
                state,
            }
        );
        return code;
    }

    /// <summary>How many orders are stored.</summary>
    public Task<long> CountOrdersAsync() => CountAsync("select count(*) from orders.orders");

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    /// <summary>How many stored events bear this id, of this outcome when one is given.</summary>
    public async Task<long> CountEventsAsync(string eventId, string? outcome = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            "select count(*) from messages.inbox where event_id = @eventId and (@outcome::text is null or outcome = @outcome)",
            new { eventId, outcome }
        );
    }

    /// <summary>Changes an order as its workflow would, by the table and the read model's notification.</summary>
    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>A delivery order of an order, as the activities and the projector would leave it.</summary>
    public async Task<Guid> DeliveryAsync(Guid order, string state)
    {
        var delivery = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into orders.payments (payment_id, order_id, attempt, status, amount_cents) values (@payment, @order, 1, 'SETTLED', 8900);
            insert into deliveries.delivery_orders (delivery_order_id, order_id, customer_id, payment_id, order_attempt, attempt, state, graph_version, address)
                select @delivery, order_id, customer_id, @payment, 1, 1, @state, 1,
                    '{"name": "Ada", "line1": "1 Main Street", "line2": null, "postalCode": "10115", "city": "Berlin", "country": "DE"}'
                from orders.orders where order_id = @order;
            insert into deliveries.delivery_view (delivery_order_id, order_id, customer_id, state, document)
                select delivery_order_id, order_id, customer_id, state, jsonb_build_object(
                    'deliveryOrderId', delivery_order_id, 'orderId', order_id, 'customerId', customer_id, 'attempt', attempt, 'state', state,
                    'reason', null, 'note', null, 'partnerDeliveryNumber', null, 'graphVersion', graph_version, 'address', address,
                    'createdAt', orders.json_time(created_at), 'updatedAt', orders.json_time(updated_at), 'waitsUntil', null,
                    'history', jsonb_build_array())
                from deliveries.delivery_orders where delivery_order_id = @delivery;
            """,
            new
            {
                delivery,
                order,
                state,
                payment = Guid.CreateVersion7(),
            }
        );
        return delivery;
    }

    /// <summary>Stops the host; what it stored stays.</summary>
    public async Task StopAsync()
    {
        await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        host = null;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Where Temporal answers; here nobody does.</summary>
    protected virtual Task<string> TemporalAddressAsync() => Task.FromResult("127.0.0.1:1");

    private static string Secret(byte[] key) => $"whsec_{Convert.ToBase64String(key)}";

    /// <summary>A host of the API.</summary>
    public sealed class Host : WebApplicationFactory<OrderResponse>
    {
        private readonly Dictionary<string, string> settings;

        public Host(Dictionary<string, string> settings)
        {
            this.settings = settings;
            UseKestrel(0);
        }

        /// <summary>Sets what it is told, before it starts.</summary>
        public void Set(string key, string value) => settings[key] = value;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}

/// <summary>Shorthands for what every story does.</summary>
internal static class Stories
{
    public static object Order(Guid customerId, string sku = "LAMP-DESK", int quantity = 1) =>
        new
        {
            customerId,
            lines = new[] { new { sku, quantity } },
            paymentToken = "tok_ok",
        };

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The pointers of the faults that a problem lists.</summary>
    public static async Task<IReadOnlyList<string>> PointersAsync(this HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return
        [
            .. (await answer.JsonAsync()).GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("pointer").GetString()!),
        ];
    }

    public static async Task<Guid> PlaceAsync(this HttpClient client, object order)
    {
        using var answer = await client.PostAsJsonAsync("/orders", order);
        answer.EnsureSuccessStatusCode();
        return (await answer.JsonAsync()).GetProperty("orderId").GetGuid();
    }

    public static StringContent Raw(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}
