using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Demo;

/// <summary>
/// The API as a careful client uses it: what is not answered is asked again, and a POST that creates bears a key that makes this safe.
/// </summary>
internal sealed class ShopClient(HttpClient http)
{
    private const string Operator = "operator:demo";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the API can do its work.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(() => new HttpRequestMessage(HttpMethod.Get, "/health/ready"), cancellationToken);
    }

    /// <summary>Places an order.</summary>
    /// <exception cref="ShopException">It is refused.</exception>
    public async Task<ShopOrder> PlaceAsync(OrderKind kind, Shopper shopper, CancellationToken cancellationToken)
    {
        var key = Guid.CreateVersion7().ToString();
        var body = new
        {
            customerId = shopper.Id,
            lines = kind.Lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }),
            paymentToken = kind.PaymentToken,
            deliveryAddress = kind.AddressLine2 is null ? null : shopper.AddressWith(kind.AddressLine2),
        };
        return await ReadAsync<ShopOrder>(() => Message(HttpMethod.Post, "/orders", shopper.Actor, body, key), cancellationToken)
            ?? throw new ShopException("POST /orders: 404");
    }

    /// <summary>Where the order stands.</summary>
    public async Task<ShopOrder> FindAsync(Guid orderId, Shopper shopper, CancellationToken cancellationToken) =>
        await ReadAsync<ShopOrder>(() => Message(HttpMethod.Get, $"/orders/{orderId}", shopper.Actor), cancellationToken)
        ?? throw new ShopException($"GET /orders/{orderId}: 404, but it was accepted");

    /// <summary>The voucher that the order earned; null while it has none.</summary>
    public Task<ShopVoucher?> FindVoucherAsync(Guid orderId, Shopper shopper, CancellationToken cancellationToken) =>
        ReadAsync<ShopVoucher>(() => Message(HttpMethod.Get, $"/orders/{orderId}/voucher", shopper.Actor), cancellationToken);

    /// <summary>The customer says that they have it. A refusal means that the status was out of date.</summary>
    public Task ConfirmAsync(Guid deliveryOrderId, Shopper shopper, CancellationToken cancellationToken) =>
        MoveAsync(
            () => Message(HttpMethod.Post, $"/deliveries/{deliveryOrderId}/confirm", shopper.Actor, new { note = "Thank you!" }),
            cancellationToken
        );

    /// <summary>
    /// The operator sends it once more; what had left comes back before that. A refusal means that the status was out of date.
    /// </summary>
    public Task RedeliverAsync(ShopDelivery delivery, CancellationToken cancellationToken) =>
        MoveAsync(
            () =>
                Message(
                    HttpMethod.Post,
                    $"/deliveries/{delivery.DeliveryOrderId}/resolution",
                    Operator,
                    new
                    {
                        resolution = "REDELIVER",
                        reason = "The customer is at home tomorrow.",
                        goods = delivery.History.Any(change => change.To == "PICKED_UP") ? "RETURNED" : null,
                    }
                ),
            cancellationToken
        );

    private async Task MoveAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Conflict)
        {
            await RefusedUnlessSuccessAsync(answer, cancellationToken);
        }
    }

    private async Task<T?> ReadAsync<T>(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await AskAsync(request, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RefusedUnlessSuccessAsync(answer, cancellationToken);
        return await answer.Content.ReadFromJsonAsync<T>(cancellationToken);
    }

    /// <summary>Asks until there is an answer that asking again would not change.</summary>
    public async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var message = request();
                var answer = await http.SendAsync(message, cancellationToken);
                if ((int)answer.StatusCode < 500)
                {
                    return answer;
                }

                LastTrouble =
                    $"{message.Method} {message.RequestUri?.AbsolutePath}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}";
                answer.Dispose();
            }
            catch (Exception failure)
                when (failure is HttpRequestException
                    || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                LastTrouble = failure.Message;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Why the last request that got no proper answer got none: what to tell when time runs out.</summary>
    public string? LastTrouble { get; private set; }

    private static async Task RefusedUnlessSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new ShopException(
                $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath}: {(int)answer.StatusCode} {Detail(await answer.Content.ReadAsStringAsync(cancellationToken))}"
            );
        }
    }

    private static string Detail(string problem)
    {
        try
        {
            var errors = JsonElement.Parse(problem);
            return errors.TryGetProperty("errors", out var faults) ? faults.ToString()
                : errors.TryGetProperty("detail", out var detail) ? detail.ToString()
                : problem;
        }
        catch (JsonException)
        {
            return problem;
        }
    }

    /// <summary>A request of <paramref name="actor"/>, or of somebody without credentials.</summary>
    public static HttpRequestMessage Message(HttpMethod method, string path, string? actor, object? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (actor is not null)
        {
            request.Headers.Add("X-Dev-Actor", actor);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }
}

/// <summary>The API refused what the demo expects it to do.</summary>
internal sealed class ShopException(string message) : Exception(message);
