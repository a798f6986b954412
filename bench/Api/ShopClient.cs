using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Bench.Api;

/// <summary>A customer in a hurry, who confirms a delivery as soon as it is there, and an operator who looks at lists.</summary>
internal sealed class ShopClient(Uri api) : IDisposable
{
    /// <summary>How many orders one POST may place.</summary>
    public const int MostAtOnce = 100;

    private const string Operator = "operator:bench";
    private const int PageSize = 200;
    private static readonly Guid Customer = Guid.Parse("01920000-0000-7000-8000-000000000001");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // In the order in which an order passes through them, so that one which moves on while they are asked is seen.
    private static readonly string[] Unfinished = ["PENDING", "VALIDATING", "INVENTORY_CHECK", "PAYMENT_PROCESSING", "FULFILLMENT"];

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 500 })
    {
        BaseAddress = api,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>POST /orders; returns the order's id.</summary>
    public async Task<Guid> PlaceAsync(OrderShape shape, CancellationToken cancellationToken) =>
        (await PostAsync<JsonElement>("/orders", Order(shape), HttpStatusCode.Created, cancellationToken)).GetProperty("orderId").GetGuid();

    /// <summary>POST /orders with an array; returns the orders' ids.</summary>
    public async Task<IReadOnlyList<Guid>> PlaceAsync(OrderShape shape, int count, CancellationToken cancellationToken)
    {
        var orders = Enumerable.Repeat(Order(shape), count);
        var answer = await PostAsync<JsonElement>("/orders", orders, HttpStatusCode.Created, cancellationToken);
        return [.. answer.EnumerateArray().Select(order => order.GetProperty("orderId").GetGuid())];
    }

    /// <summary>Places an order and returns when a reader sees it COMPLETED.</summary>
    public async Task<FinishedOrder> PlaceAndFinishAsync(OrderShape shape, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var id = await PlaceAsync(shape, cancellationToken);
        using var tick = new PeriodicTimer(Poll);
        var confirmed = false;
        while (true)
        {
            var order = await GetAsync($"/orders/{id}", AsCustomer, cancellationToken);
            var deliveries = order.GetProperty("tracking").EnumerateArray().ToList();
            switch (order.GetProperty("status").GetString())
            {
                case "COMPLETED":
                    return new(id, deliveries.ConvertAll(DeliveryId), watch.Elapsed);
                case "FAILED" or "CANCELLED":
                    throw new InvalidOperationException($"order {id} did not complete: {order}");
            }

            if (!confirmed && deliveries.FindIndex(delivery => State(delivery) == "DELIVERED") is >= 0 and var at)
            {
                await ConfirmAsync(DeliveryId(deliveries[at]), cancellationToken);
                confirmed = true;
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>The customer has it.</summary>
    public async Task ConfirmAsync(Guid delivery, CancellationToken cancellationToken) =>
        await PostAsync<JsonElement>($"/deliveries/{delivery}/confirm", new { }, HttpStatusCode.OK, cancellationToken);

    /// <summary>Whether any order is on its way.</summary>
    public async Task<bool> HasUnfinishedAsync(CancellationToken cancellationToken)
    {
        foreach (var status in Unfinished)
        {
            var page = await GetAsync($"/orders?customerId={Customer}&status={status}&limit=1", AsCustomer, cancellationToken);
            if (page.GetProperty("items").GetArrayLength() > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every order that the customer has placed, newest first.</summary>
    public IAsyncEnumerable<JsonElement> OrdersAsync(CancellationToken cancellationToken) =>
        ListAsync($"/orders?customerId={Customer}", AsCustomer, cancellationToken);

    /// <summary>The ids of the delivery orders in a state, oldest first.</summary>
    public IAsyncEnumerable<Guid> DeliveriesAsync(string state, CancellationToken cancellationToken) =>
        ListAsync($"/deliveries?state={state}", Operator, cancellationToken).Select(DeliveryId);

    /// <summary>The state of a delivery order.</summary>
    public async Task<string> DeliveryStateAsync(Guid delivery, CancellationToken cancellationToken) =>
        State(await GetAsync($"/deliveries/{delivery}", Operator, cancellationToken));

    public void Dispose() => http.Dispose();

    private static string AsCustomer => $"customer:{Customer}";

    private static object Order(OrderShape shape) =>
        new
        {
            customerId = Customer,
            lines = new[] { new { sku = shape.Sku, quantity = 1 } },
            paymentToken = "tok_ok",
        };

    private static Guid DeliveryId(JsonElement delivery) => delivery.GetProperty("deliveryOrderId").GetGuid();

    private static string State(JsonElement delivery) => delivery.GetProperty("state").GetString()!;

    private async IAsyncEnumerable<JsonElement> ListAsync(
        string list,
        string actor,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{list}&limit={PageSize}{(cursor is null ? "" : $"&cursor={cursor}")}", actor, cancellationToken);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                yield return item;
            }

            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        } while (cursor is not null);
    }

    private async Task<JsonElement> GetAsync(string path, string actor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Dev-Actor", actor } } };
        return await SendAsync<JsonElement>(request, HttpStatusCode.OK, cancellationToken);
    }

    private async Task<T> PostAsync<T>(string path, object body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body),
            Headers = { { "X-Dev-Actor", AsCustomer }, { "Idempotency-Key", Guid.CreateVersion7().ToString() } },
        };
        return await SendAsync<T>(request, expected, cancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(request, cancellationToken);
        return answer.StatusCode == expected
            ? (await answer.Content.ReadFromJsonAsync<T>(cancellationToken))!
            : throw new InvalidOperationException(
                $"{request.Method} {request.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}"
            );
    }
}
