using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TemporalDelivery.Bench.Api;

/// <summary>The delivery partner, as far as its signed events go (Standard Webhooks 1.0).</summary>
internal sealed class PartnerEvents(Uri api, string secret) : IDisposable
{
    private const string Prefix = "whsec_";

    private readonly byte[] key = Convert.FromBase64String(secret[Prefix.Length..]);
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 100 })
    {
        BaseAddress = api,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>The courier has the parcel.</summary>
    public async Task PickUpAsync(Guid delivery, CancellationToken cancellationToken)
    {
        var id = $"bench-{Guid.CreateVersion7()}";
        var now = DateTimeOffset.UtcNow;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                eventId = id,
                type = "PICKED_UP",
                deliveryOrderId = delivery,
                partnerDeliveryNumber = $"B-{delivery:N}",
                occurredAt = now,
            }
        );
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/partner")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", timestamp },
                { "webhook-signature", $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}" },
            },
        };
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => http.Dispose();
}
