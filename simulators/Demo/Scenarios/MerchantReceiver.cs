using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>A merchant on loopback, who is told of orders and deliveries, and checks who tells.</summary>
internal sealed class MerchantReceiver : IAsyncDisposable
{
    private const string Secret = "whsec_";
    private const string Unsigned = "UNSIGNED ";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (Guid Order, string Topic)> received = new();
    private readonly WebApplication app;
    private byte[] key = [];

    private MerchantReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/told", ReceiveAsync);
    }

    /// <summary>Listens, and asks the shop to be told of everything.</summary>
    public static async Task<MerchantReceiver> StartAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        var merchant = new MerchantReceiver();
        await merchant.app.StartAsync(cancellationToken);
        var address = merchant.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var request = new { url = $"{address}/told", topics = new[] { "order.*", "delivery.*" } };
        var key = Guid.CreateVersion7().ToString();
        using var answer = await shop.AskAsync(
            () => ShopClient.Message(HttpMethod.Post, "/webhook-endpoints", "client:merchant", request, key),
            cancellationToken
        );
        var endpoint = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<SeenEndpoint>(cancellationToken);
        merchant.key = Convert.FromBase64String(endpoint!.Secret[Secret.Length..]);
        return merchant;
    }

    /// <summary>The topics that it was told of an order, each as often as with another id; marked when the signature was wrong.</summary>
    public IEnumerable<string> TopicsOf(Guid order) => received.Values.Where(told => told.Order == order).Select(told => told.Topic);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var bytes = body.ToArray();
        var told = JsonElement.Parse(bytes);
        var topic = told.GetProperty("type").GetString()!;
        var id = request.Headers["webhook-id"].ToString();
        var order = told.GetProperty("data").GetProperty("orderId").GetGuid();
        received[id] = (order, IsSigned(request.Headers, id, bytes) ? topic : Unsigned + topic);
        return Results.NoContent();
    }

    private bool IsSigned(IHeaderDictionary headers, string id, byte[] body) =>
        long.TryParse(headers["webhook-timestamp"], CultureInfo.InvariantCulture, out var timestamp)
        && (DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(timestamp)).Duration() < Tolerance
        && headers["webhook-signature"].ToString().Split(' ').Contains(WebhookSender.Sign(key, id, timestamp, body));
}
