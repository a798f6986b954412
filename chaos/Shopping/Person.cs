using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TemporalDelivery.Chaos.Plan;
using TemporalDelivery.Tests.Processes;

namespace TemporalDelivery.Chaos.Shopping;

/// <summary>A customer or an operator at the REST API, who asks until there is an answer.</summary>
internal sealed class Person(CarefulClient http, string? actor, Guid id)
{
    /// <summary>The customers whom every fresh shop knows, all with an address.</summary>
    public static IReadOnlyList<Person> Customers(CarefulClient http) =>
        [.. Enumerable.Range(1, 3).Select(number => Customer(http, Guid.Parse($"01920000-0000-7000-8000-00000000000{number}")))];

    /// <summary>Somebody of our own staff.</summary>
    public static Person Operator(CarefulClient http) => new(http, "operator:chaos", Guid.Empty);

    /// <summary>Somebody without credentials.</summary>
    public static Person Anybody(CarefulClient http) => new(http, actor: null, Guid.Empty);

    /// <summary>
    /// Places an order and returns its id; without its voucher when another order has used that first.
    /// </summary>
    public async Task<Guid> PlaceAsync(PlannedOrder order, string? voucherCode, CancellationToken cancellationToken)
    {
        var body = new
        {
            customerId = id,
            lines = order.Kind.Skus.Select(sku => new { sku, quantity = order.Quantity }),
            paymentToken = order.Kind.Token,
            voucherCode,
            deliveryAddress = order.Kind.Mark is null
                ? null
                : new
                {
                    name = "Somebody",
                    line1 = "Chaos Street 1",
                    line2 = order.Kind.Mark,
                    postalCode = "10115",
                    city = "Berlin",
                    country = "DE",
                },
        };
        using var answer = await SendAsync(HttpMethod.Post, "/orders", body, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("orderId").GetGuid();
        }

        var refusal = new Refusal((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        return voucherCode is not null && refusal.Faults is ["VOUCHER_USED"]
            ? await PlaceAsync(order, voucherCode: null, cancellationToken)
            : throw new InvalidOperationException($"{order.Kind.Name}: {refusal}");
    }

    /// <summary>What the API answers to a GET; null for 404.</summary>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, body: null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>Asks for a change; false when it is refused (409), because what it was asked for is past.</summary>
    public async Task<bool> AskAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, cancellationToken);
        return answer.StatusCode != HttpStatusCode.Conflict && answer.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }

    /// <summary>Asks for a change that may be refused; null when it is made, otherwise what the refusal says.</summary>
    public async Task<Refusal?> TryAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, cancellationToken);
        return answer.IsSuccessStatusCode ? null : new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    private static Person Customer(CarefulClient http, Guid id) => new(http, $"customer:{id}", id);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var key = Guid.CreateVersion7().ToString();
        return await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                if (actor is not null)
                {
                    request.Headers.Add("X-Dev-Actor", actor);
                }

                if (method != HttpMethod.Get)
                {
                    request.Headers.Add("Idempotency-Key", key);
                }

                return request;
            },
            cancellationToken
        );
    }
}
