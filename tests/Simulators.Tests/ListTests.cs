using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Tests;

/// <summary>The lists of both simulators: all that was made in a time, oldest first, a page at a time.</summary>
public sealed class ListTests
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow.AddMinutes(-1);

    [Theory]
    [InlineData("payments", "charges")]
    [InlineData("partner", "deliveries")]
    public async Task A_list_is_read_page_by_page_in_the_order_of_creation_also_over_a_restart(string command, string path)
    {
        await using var simulator = await SimulatorProcess.StartAsync(command, "--Pace=1.00:00:00");
        var made = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            made.Add(await MakeAsync(simulator, path));
        }

        var first = await PageAsync(simulator, path, null);
        await simulator.KillAsync();
        await simulator.StartAsync();
        made.Add(await MakeAsync(simulator, path));
        var second = await PageAsync(simulator, path, first.Next);
        var third = await PageAsync(simulator, path, second.Next);

        Assert.Equal([made[..2], made[2..4], made[4..]], [first.Ids, second.Ids, third.Ids]);
        Assert.Null(third.Next);
    }

    [Theory]
    [InlineData("payments", "charges")]
    [InlineData("partner", "deliveries")]
    public async Task A_list_has_what_was_made_from_its_first_time_on_and_before_its_last(string command, string path)
    {
        await using var simulator = await SimulatorProcess.StartAsync(command, "--Pace=1.00:00:00");
        await MakeAsync(simulator, path);
        var middle = await MakeAsync(simulator, path);
        await MakeAsync(simulator, path);
        var times = simulator
            .Entries(path == "charges" ? "charged" : "booked")
            .Select(entry => entry.GetProperty("at").GetDateTimeOffset());

        var page = await PageAsync(simulator, path, null, times.ElementAt(1), times.ElementAt(2));

        Assert.Equal([middle], page.Ids);
    }

    [Theory]
    [InlineData("", "from", "to")]
    [InlineData("?from=yesterday&to=2026-11-21T10:00:00Z", "from")]
    [InlineData("?from=2026-11-21T10:00:00Z&to=2026-11-21T09:00:00Z", "to")]
    [InlineData("?from=2026-11-21T10:00:00Z&to=2026-11-22T10:00:00Z&limit=0", "limit")]
    [InlineData("?from=2026-11-21T10:00:00Z&to=2026-11-22T10:00:00Z&limit=501", "limit")]
    [InlineData("?from=2026-11-21T10:00:00Z&to=2026-11-22T10:00:00Z&limit=many", "limit")]
    [InlineData("?from=2026-11-21T10:00:00Z&to=2026-11-22T10:00:00Z&cursor=made-up", "cursor")]
    public async Task What_cannot_be_listed_is_said(string query, params string[] faults)
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");
        await using var partner = await SimulatorProcess.StartAsync("partner");

        foreach (var (simulator, path) in new[] { (payments, "charges"), (partner, "deliveries") })
        {
            using var answer = await simulator.Http.GetAsync($"/{path}{query}", TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors");
            Assert.Equal(faults, errors.EnumerateObject().Select(error => error.Name));
        }
    }

    [Theory]
    [InlineData("?orderId=00000000-0000-0000-0000-000000000001")]
    [InlineData("?attempt=1")]
    [InlineData("?orderId=seven&attempt=1")]
    public async Task An_orders_charge_is_asked_for_by_order_and_attempt(string query)
    {
        await using var payments = await SimulatorProcess.StartAsync("payments");

        using var answer = await payments.Http.GetAsync($"/charges{query}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<(List<Guid> Ids, string? Next)> PageAsync(
        SimulatorProcess simulator,
        string path,
        string? cursor,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null
    )
    {
        var query = $"from={from ?? Begin:O}&to={to ?? Begin.AddHours(1):O}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}";
        var page = await simulator.Http.GetFromJsonAsync<JsonElement>(
            $"/{path}?{query.Replace("+", "%2B", StringComparison.Ordinal)}",
            TestContext.Current.CancellationToken
        );
        var id = path == "charges" ? "orderId" : "deliveryOrderId";
        return (
            [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(id).GetGuid())],
            page.TryGetProperty("next", out var next) ? next.GetString() : null
        );
    }

    private static async Task<Guid> MakeAsync(SimulatorProcess simulator, string path)
    {
        var id = Guid.CreateVersion7();
        object body =
            path == "charges"
                ? new
                {
                    orderId = id,
                    attempt = 1,
                    amountCents = 1_999,
                    currency = "EUR",
                    paymentToken = "tok_ok",
                }
                : new
                {
                    deliveryOrderId = id,
                    orderId = Guid.CreateVersion7(),
                    attempt = 1,
                    address = new
                    {
                        name = "Ada",
                        line1 = "1 Analytical Road",
                        postalCode = "10115",
                        city = "Berlin",
                        country = "DE",
                    },
                    lines = new[] { new { sku = "LAMP-DESK", quantity = 1 } },
                };
        using var answer = await simulator.PostAsync($"/{path}", body, id.ToString(), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return id;
    }
}
