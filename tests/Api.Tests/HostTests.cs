using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Operators;
using TemporalDelivery.Workflows.Orders;

namespace TemporalDelivery.Api.Tests;

public sealed class HostTests(ApiApplication api) : IClassFixture<ApiApplication>
{
    [Fact]
    public async Task Who_does_not_say_who_they_are_gets_a_401()
    {
        using var missing = await api.Anybody().GetAsync("/orders");
        using var nonsense = await api.As("the king").GetAsync("/orders");
        using var system = await api.As("system").GetAsync("/orders");

        Assert.Equal(HttpStatusCode.Unauthorized, missing.StatusCode);
        Assert.NotEmpty(missing.Headers.WwwAuthenticate);
        Assert.Equal(HttpStatusCode.Unauthorized, nonsense.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, system.StatusCode);
        Assert.Contains("X-Dev-Actor", (await nonsense.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/customers/summaries")]
    [InlineData("GET", "/deliveries")]
    [InlineData("PUT", "/orders/01920000-0000-7000-8000-00000000000a/fulfillment")]
    [InlineData("POST", "/deliveries/01920000-0000-7000-8000-00000000000a/resolution")]
    [InlineData("POST", "/deliveries/01920000-0000-7000-8000-00000000000a/steps/release")]
    [InlineData("POST", "/orders/01920000-0000-7000-8000-00000000000a/steps/release")]
    [InlineData("GET", "/operator-tasks")]
    [InlineData("POST", "/operator-tasks/01920000-0000-7000-8000-00000000000a/resolve")]
    public async Task What_is_for_operators_is_refused_to_customers(string method, string path)
    {
        using var answer = await api.AsCustomer(ApiApplication.Ada)
            .SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = Stories.Raw("{}") });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET", "/nowhere", null, 404)]
    [InlineData("GET", "/orders/not-an-id", null, 404)]
    [InlineData("DELETE", "/orders", null, 405)]
    [InlineData("POST", "/orders", "text/plain", 415)]
    [InlineData("POST", "/webhooks/partner", "text/plain", 415)]
    public async Task The_frameworks_own_errors_are_problem_documents_too(string method, string path, string? contentType, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (contentType is not null)
        {
            request.Content = new StringContent("x", new System.Net.Http.Headers.MediaTypeHeaderValue(contentType));
        }

        using var answer = await api.AsOperator().SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (await answer.JsonAsync()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task The_host_lives_without_Temporal_and_says_that_it_is_not_ready()
    {
        using var live = await api.Anybody().GetAsync("/health/live");
        using var ready = await api.Anybody().GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var state = (await ready.JsonAsync()).GetProperty("checks");
        Assert.Equal("up", state.GetProperty("postgres").GetString());
        Assert.StartsWith("down", state.GetProperty("temporal").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_describes_every_path()
    {
        var document = await api.Anybody().GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        Assert.Equal("3.1", document.GetProperty("openapi").GetString()![..3]);
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Superset(
            new HashSet<string>
            {
                "/orders",
                "/orders/{orderId}",
                "/orders/{orderId}/cancel",
                "/orders/{orderId}/retry",
                "/orders/{orderId}/fulfillment",
                "/orders/{orderId}/voucher",
                "/deliveries",
                "/deliveries/{deliveryOrderId}",
                "/deliveries/{deliveryOrderId}/confirm",
                "/deliveries/{deliveryOrderId}/dispute",
                "/deliveries/{deliveryOrderId}/resolution",
                "/operator-tasks",
                "/operator-tasks/{taskId}",
                "/operator-tasks/{taskId}/claim",
                "/operator-tasks/{taskId}/release",
                "/operator-tasks/{taskId}/note",
                "/operator-tasks/{taskId}/resolve",
                "/orders/{orderId}/steps/release",
                "/deliveries/{deliveryOrderId}/steps/release",
                "/customers/{customerId}/items",
                "/customers/summaries",
                "/products",
                "/products/{sku}",
                "/products/{sku}/stock",
                "/webhooks/partner",
                "/webhooks/payments",
                "/vouchers/{code}",
                "/health/live",
                "/health/ready",
            },
            paths.ToHashSet()
        );
        var responses = document.GetProperty("paths").GetProperty("/orders").GetProperty("post").GetProperty("responses");
        Assert.Superset(
            new HashSet<string> { "201", "400", "401", "403", "422", "503" },
            responses.EnumerateObject().Select(response => response.Name).ToHashSet()
        );
    }

    [Fact]
    public async Task The_document_takes_its_enums_from_the_enums_and_says_what_is_text()
    {
        var document = await api.Anybody().GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var schemas = document.GetProperty("components").GetProperty("schemas");

        Assert.Equal(WireNames.All<DeliveryState>(), Names(schemas.GetProperty("DeliveryState")));
        Assert.Equal(WireNames.All<DeliveryFailureReason>(), Names(schemas.GetProperty("DeliveryFailureReason")));
        Assert.Equal(WireNames.All<DeliveryResolution>(), Names(Property("ResolutionRequest", "resolution")));
        Assert.Equal(WireNames.All<GoodsOutcome>(), Names(Property("ResolutionRequest", "goods")));
        // What only the system or the partner says of a delivery, nobody disputes it for.
        Assert.Equal(
            WireNames.All<DeliveryFailureReason>().Except(["PARTNER_REJECTED", "PICKUP_OVERDUE", "DELIVERY_OVERDUE"]),
            Names(Property("DisputeRequest", "reason"))
        );
        Assert.Equal(WireNames.All<OperatorTaskKind>(), Names(Parameter("/operator-tasks", "get", "kind").GetProperty("schema")));
        Assert.Equal(WireNames.All<OperatorTaskResolution>(), Names(Property("ResolveRequest", "resolution")));
        Assert.Equal("header", Parameter("/operator-tasks/{taskId}/claim", "post", "If-Match").GetProperty("in").GetString());
        Assert.Equal("header", Parameter("/orders/{orderId}/cancel", "post", "Idempotency-Key").GetProperty("in").GetString());
        Assert.Equal("#/components/schemas/OrderStatus", Property("OrderResponse", "status").GetProperty("$ref").GetString());
        Assert.Equal("string", Property("Address", "city").GetProperty("type").GetString());
        Assert.Equal(WireNames.All<OrderStatus>(), Names(Parameter("/orders", "get", "status").GetProperty("schema")));
        Assert.Equal(WireNames.All<DeliveryState>(), Names(Parameter("/deliveries", "get", "state").GetProperty("schema")));
        Assert.Equal(
            "uuid",
            Parameter("/orders/{orderId}/cancel", "post", "orderId").GetProperty("schema").GetProperty("format").GetString()
        );
        Assert.Equal("path", Parameter("/deliveries/{deliveryOrderId}", "get", "deliveryOrderId").GetProperty("in").GetString());

        JsonElement Property(string schema, string name) => schemas.GetProperty(schema).GetProperty("properties").GetProperty(name);

        JsonElement Parameter(string path, string method, string name) =>
            document
                .GetProperty("paths")
                .GetProperty(path)
                .GetProperty(method)
                .GetProperty("parameters")
                .EnumerateArray()
                .Single(parameter => parameter.GetProperty("name").GetString() == name);

        static IEnumerable<string?> Names(JsonElement schema) =>
            schema.GetProperty("enum").EnumerateArray().Select(name => name.GetString()).OfType<string>();
    }

    [Theory]
    [InlineData("Tokens:Issuer is 'me'; expected an address", "--Tokens:Issuer=me")]
    [InlineData("Tokens:KeyNotice must be at least 00:02:00", "--Tokens:KeyNotice=00:01:00")]
    [InlineData("Tokens:Trusted:corp:Audience is not set", "--Tokens:Trusted:corp:Issuer=http://corp.example/")]
    [InlineData("Invalid url: 'nonsense'", "--Urls=nonsense")]
    [InlineData("Unrecognized scheme in server address 'ftp://127.0.0.1:1'", "--Urls=ftp://127.0.0.1:1")]
    [InlineData("Temporal:Address is 'temporal'; expected host:port", "--Temporal:Address=temporal")]
    [InlineData("'Webhooks:Outgoing:AllowPrivateNetworks'", "--Webhooks:Outgoing:AllowPrivateNetworks=perhaps")]
    [InlineData("Webhooks:Partner:Secrets:0 is not whsec_", "--Webhooks:Partner:Secrets:0=hunter2")]
    [InlineData("Orders:PaymentDeadline", "--Orders:PaymentDeadline=soon")]
    [InlineData("Orders", "--Orders:PaymentDeadlin=1")]
    [InlineData("Database:ConnectionString", "--Database:ConnectionString=Nonsense=1")]
    [InlineData("Database:Seed: 'dem' is no seed; expected demo, or nothing", "--Database:Seed=dem")]
    public async Task A_wrong_configuration_ends_the_process_with_one_line(string complaint, string setting)
    {
        var (exitCode, error) = await RunAsync($"--Database:ConnectionString={api.Database.ConnectionString}", setting);

        Assert.Equal(2, exitCode);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_database_made_by_an_older_build_is_refused_and_stays_as_it_is()
    {
        await using var old = await TestDatabase.CreateAsync();
        await using (
            var then = old.DataSource.CreateCommand(
                """
                create schema orders;
                create table orders.migrations (number int, file_name text, checksum text, applied_at timestamptz);
                insert into orders.migrations values (1, '0001_catalogue.sql', 'of then', now())
                """
            )
        )
        {
            await then.ExecuteNonQueryAsync();
        }

        var (exitCode, error) = await RunAsync(
            $"--Database:ConnectionString={old.ConnectionString}",
            "--Database:Seed=demo",
            "--Urls=http://127.0.0.1:0"
        );

        Assert.Equal(2, exitCode);
        Assert.StartsWith("api: the database was made by another build of this system", error, StringComparison.Ordinal);
        Assert.Contains("./temporal-dev.sh down --wipe", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        await using var tables = old.DataSource.CreateCommand(
            "select string_agg(schemaname || '.' || tablename, ',') from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        );
        Assert.Equal("orders.migrations", await tables.ExecuteScalarAsync());
    }

    [Fact]
    public async Task An_unknown_customers_items_are_a_404_and_a_known_ones_a_list()
    {
        using var unknown = await api.AsOperator().GetAsync($"/customers/{Guid.CreateVersion7()}/items");
        using var anothers = await api.AsCustomer(ApiApplication.Ada).GetAsync($"/customers/{ApiApplication.Grace}/items");
        using var own = await api.AsCustomer(ApiApplication.Ada).GetAsync($"/customers/{ApiApplication.Ada}/items");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, anothers.StatusCode);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task Items_go_on_where_their_page_ended_and_summaries_add_up()
    {
        var grace = api.AsCustomer(ApiApplication.Grace);
        for (var count = 0; count < 3; count++)
        {
            var order = await grace.PlaceAsync(
                new
                {
                    customerId = ApiApplication.Grace,
                    lines = new[] { new { sku = "EBOOK-SQL", quantity = 1 }, new { sku = "LAMP-DESK", quantity = 2 } },
                    paymentToken = "tok_ok",
                }
            );
            await api.ExecuteAsync("update orders.order_view set status = 'COMPLETED' where order_id = @order", new { order });
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await grace.GetFromJsonAsync<JsonElement>(
                $"/customers/{ApiApplication.Grace}/items?limit=4{(cursor is null ? "" : $"&cursor={cursor}")}"
            );
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!));
            cursor = page.GetProperty("next").GetString();
        } while (cursor is not null);

        Assert.Equal(["EBOOK-SQL", "LAMP-DESK", "EBOOK-SQL", "LAMP-DESK", "EBOOK-SQL", "LAMP-DESK"], seen);
        var summaries = await api.AsOperator().GetFromJsonAsync<JsonElement>("/customers/summaries");
        var hers = summaries
            .GetProperty("items")
            .EnumerateArray()
            .Single(summary => summary.GetProperty("customerId").GetGuid() == ApiApplication.Grace);
        Assert.Equal(
            (3, 9, 3 * 19_799),
            (hers.GetProperty("orders").GetInt32(), hers.GetProperty("items").GetInt32(), hers.GetProperty("totalSpentCents").GetInt32())
        );
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TemporalDelivery.Api.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        await output;
        return (process.ExitCode, error);
    }
}
