using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Bench.Api;

/// <summary>What is ordered.</summary>
internal sealed record OrderShape(string Name, string Sku)
{
    /// <summary>Nothing to deliver: the pipeline alone.</summary>
    public static readonly OrderShape Digital = new("e-book", "EBOOK-SQL");

    /// <summary>With a delivery: partner, webhooks, the customer's confirmation.</summary>
    public static readonly OrderShape Physical = new("physical", "BOOK-DDIA");
}

/// <summary>A customer in a hurry: confirms a delivery as soon as it is there.</summary>
internal sealed class ShopClient(Uri api) : IDisposable
{
    private static readonly Guid Customer = Guid.Parse("01920000-0000-7000-8000-000000000001");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 500 })
    {
        BaseAddress = api,
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { { "X-Dev-Actor", $"customer:{Customer}" } },
    };

    /// <summary>POST /orders; returns the order's id.</summary>
    public async Task<Guid> PlaceAsync(OrderShape shape, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders")
        {
            Content = JsonContent.Create(
                new
                {
                    customerId = Customer,
                    lines = new[] { new { sku = shape.Sku, quantity = 1 } },
                    paymentToken = "tok_ok",
                }
            ),
        };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var answer = await http.SendAsync(request, cancellationToken);
        await EnsureAsync(answer, HttpStatusCode.Created, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("orderId").GetGuid();
    }

    /// <summary>Places an order and returns when a reader sees it COMPLETED.</summary>
    public async Task PlaceAndFinishAsync(OrderShape shape, CancellationToken cancellationToken)
    {
        var id = await PlaceAsync(shape, cancellationToken);
        using var tick = new PeriodicTimer(Poll);
        var confirmed = false;
        while (true)
        {
            var order = await http.GetFromJsonAsync<JsonElement>($"/orders/{id}", cancellationToken);
            switch (order.GetProperty("status").GetString())
            {
                case "COMPLETED":
                    return;
                case "FAILED" or "CANCELLED":
                    throw new InvalidOperationException($"order {id} did not complete: {order}");
            }

            foreach (
                var delivery in order
                    .GetProperty("tracking")
                    .EnumerateArray()
                    .Where(delivery => !confirmed && delivery.GetProperty("state").GetString() == "DELIVERED")
            )
            {
                using var answer = await http.PostAsJsonAsync(
                    $"/deliveries/{delivery.GetProperty("deliveryOrderId").GetGuid()}/confirm",
                    new { },
                    cancellationToken
                );
                await EnsureAsync(answer, HttpStatusCode.OK, cancellationToken);
                confirmed = true;
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private static async Task EnsureAsync(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != expected)
        {
            throw new InvalidOperationException(
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}"
            );
        }
    }
}
