using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace TemporalDelivery.EndToEnd;

/// <summary>
/// The customers and the operator of a shop whose processes die under them: every call is repeated until it is answered.
/// </summary>
internal sealed class Customers(Uri api) : IDisposable
{
    public static readonly Guid Ada = Guid.Parse("01920000-0000-7000-8000-000000000001");

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private readonly CarefulClient http = new(api);

    /// <summary>Places an order and returns its id.</summary>
    public async Task<Guid> PlaceAsync(OrderKind kind, CancellationToken cancellationToken)
    {
        var key = Guid.CreateVersion7().ToString();
        using var answer = await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(kind.Body(Ada)) };
                request.Headers.Add("Idempotency-Key", key);
                return AsAda(request);
            },
            cancellationToken
        );
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"{kind}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return body.GetProperty("orderId").GetGuid();
    }

    /// <summary>
    /// Follows an order until it is final: confirms what was delivered, as its customer, and sends what failed once more, as the operator.
    /// </summary>
    public async Task<JsonElement> SeeThroughAsync(Guid orderId, CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(Pause);
        while (true)
        {
            using var answer = await http.SendAsync(
                () => AsAda(new HttpRequestMessage(HttpMethod.Get, $"/orders/{orderId}")),
                cancellationToken
            );
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException(
                    $"GET /orders/{orderId}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}"
                );
            }

            var order = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (order.GetProperty("status").GetString() is "COMPLETED" or "FAILED" or "CANCELLED")
            {
                return order;
            }

            foreach (var delivery in order.GetProperty("tracking").EnumerateArray())
            {
                await ActAsync(delivery, cancellationToken);
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Cancels an order as its customer, and returns the answer's status.</summary>
    public async Task<HttpStatusCode> CancelAsync(Guid orderId, CancellationToken cancellationToken)
    {
        var key = Guid.CreateVersion7().ToString();
        using var answer = await http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, $"/orders/{orderId}/cancel")
                {
                    Content = JsonContent.Create(new { reason = "changed my mind" }),
                };
                request.Headers.Add("Idempotency-Key", key);
                return AsAda(request);
            },
            cancellationToken
        );
        return answer.StatusCode;
    }

    /// <summary>
    /// Confirms a delivery by the PIN that its customer sees until it is over, without credentials, and returns the answer's status.
    /// </summary>
    public async Task<HttpStatusCode> ConfirmAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        using var seen = await http.SendAsync(
            () => AsAda(new HttpRequestMessage(HttpMethod.Get, $"/deliveries/{deliveryOrderId}")),
            cancellationToken
        );
        var delivery = await seen.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (!delivery.TryGetProperty("pin", out var pin))
        {
            return HttpStatusCode.Conflict;
        }

        using var answer = await http.SendAsync(
            () =>
                new HttpRequestMessage(HttpMethod.Post, $"/deliveries/{deliveryOrderId}/confirm")
                {
                    Content = JsonContent.Create(new { pin }),
                },
            cancellationToken
        );
        return answer.StatusCode;
    }

    /// <summary>Disputes a delivery as its customer, and does not ask again when no answer comes.</summary>
    public async Task DisputeAsync(Guid deliveryOrderId, CancellationToken cancellationToken)
    {
        using var request = AsAda(
            new HttpRequestMessage(HttpMethod.Post, $"/deliveries/{deliveryOrderId}/dispute")
            {
                Content = JsonContent.Create(new { reason = "DAMAGED", note = "the box is wet" }),
            }
        );
        using var answer = await http.SendOnceAsync(request, cancellationToken);
    }

    /// <summary>The open operator tasks of a kind.</summary>
    public async Task<IReadOnlyList<JsonElement>> TasksAsync(string kind, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(
            () => As("operator:olga", new HttpRequestMessage(HttpMethod.Get, $"/operator-tasks?kind={kind}&limit=100")),
            cancellationToken
        );
        return [.. (await ReadAsync(answer, cancellationToken)).GetProperty("items").EnumerateArray()];
    }

    /// <summary>An operator settles a task.</summary>
    public async Task ResolveTaskAsync(Guid taskId, string resolution, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(
            () =>
                As(
                    "operator:olga",
                    new HttpRequestMessage(HttpMethod.Post, $"/operator-tasks/{taskId}/resolve")
                    {
                        Content = JsonContent.Create(new { resolution, reason = "the wrong button" }),
                    }
                ),
            cancellationToken
        );
        await ReadAsync(answer, cancellationToken);
    }

    /// <summary>What the last pass of the reconciliation has found.</summary>
    public async Task<JsonElement> ReconciliationAsync(CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(
            () => As("operator:olga", new HttpRequestMessage(HttpMethod.Get, "/reconciliation")),
            cancellationToken
        );
        return await ReadAsync(answer, cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
            : throw new InvalidOperationException($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");

    private async Task ActAsync(JsonElement delivery, CancellationToken cancellationToken)
    {
        var id = delivery.GetProperty("deliveryOrderId").GetGuid();
        if (delivery.GetProperty("state").GetString() == "DELIVERED")
        {
            // 409: as below.
            var status = await ConfirmAsync(id, cancellationToken);
            if (status is not (HttpStatusCode.OK or HttpStatusCode.Conflict))
            {
                throw new InvalidOperationException($"{id} is not confirmed: {status}");
            }

            return;
        }

        HttpRequestMessage? Step() =>
            delivery.GetProperty("state").GetString() switch
            {
                "PENDING_BY_OPERATOR" => As(
                    "operator:olga",
                    new HttpRequestMessage(HttpMethod.Post, $"/deliveries/{id}/resolution")
                    {
                        Content = JsonContent.Create(
                            new
                            {
                                resolution = "REDELIVER",
                                reason = "once more",
                                goods = delivery
                                    .GetProperty("history")
                                    .EnumerateArray()
                                    .Any(change => change.GetProperty("to").GetString() == "PICKED_UP")
                                    ? "RETURNED"
                                    : null,
                            }
                        ),
                    }
                ),
                _ => null,
            };

        if (Step() is { } first)
        {
            first.Dispose();
            // 409: the read model is behind and the step was taken already, or an answer was lost in a kill.
            using var answer = await http.SendAsync(() => Step()!, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.Conflict && !answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException(
                    $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}"
                );
            }
        }
    }

    private static HttpRequestMessage AsAda(HttpRequestMessage request) => As($"customer:{Ada}", request);

    private static HttpRequestMessage As(string actor, HttpRequestMessage request)
    {
        request.Headers.Add("X-Dev-Actor", actor);
        return request;
    }
}
