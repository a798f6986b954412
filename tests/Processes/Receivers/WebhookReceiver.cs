using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Tests.Processes.Receivers;

/// <summary>
/// A merchant's endpoint on loopback: keeps whatever it is told, checks who tells, and answers as it is asked to.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>The outbox reader that tells it.</summary>
    public const string Reader = "webhooks";

    /// <summary>What API and worker have to be told before they take an endpoint on loopback.</summary>
    public const string Setting = "--Webhooks:Outgoing:AllowPrivateNetworks=true";

    private const string SecretPrefix = "whsec_";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(1);
    private readonly List<ReceivedMessage> received = [];
    private readonly string name;
    private readonly WebApplication app;
    private byte[] secret = [];

    private WebhookReceiver(string name)
    {
        this.name = name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseShutdownTimeout(Stop);
        app = builder.Build();
        app.MapPost("/told", (Delegate)ReceiveAsync);
    }

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>What it answers once it has read a message.</summary>
    public Func<HttpContext, Task<IResult>> Answer { get; set; } = Take;

    /// <summary>Whether it hangs up before it has read anything.</summary>
    public bool IsAway { get; set; }

    /// <summary>All that it has received, whatever it answered.</summary>
    public IReadOnlyList<ReceivedMessage> Received
    {
        get
        {
            lock (received)
            {
                return [.. received];
            }
        }
    }

    /// <summary>Listens on a port of its own.</summary>
    public static async Task<WebhookReceiver> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var receiver = new WebhookReceiver(name);
        await receiver.app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Takes it: 204.</summary>
    public static Task<IResult> Take(HttpContext context) => Task.FromResult(Results.NoContent());

    /// <summary>Asks the shop to be told of these topics.</summary>
    public async Task SubscribeAsync(CarefulClient shop, IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shop);
        var key = Guid.CreateVersion7().ToString();
        using var answer = await shop.SendAsync(
            () =>
                new(HttpMethod.Post, "/webhook-endpoints")
                {
                    Content = JsonContent.Create(new { url = $"{app.Urls.Single()}/told", topics }),
                    Headers = { { "X-Dev-Actor", "client:merchant" }, { "Idempotency-Key", key } },
                },
            cancellationToken
        );
        var endpoint = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        secret = Convert.FromBase64String(endpoint.GetProperty("secret").GetString()![SecretPrefix.Length..]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpContext context)
    {
        if (IsAway)
        {
            context.Abort();
            return Results.Empty;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var id = context.Request.Headers["webhook-id"].ToString();
        lock (received)
        {
            received.Add(new(Reader, name, received.Count, id, body, IsSigned(context.Request.Headers, id, body)));
        }

        return await Answer(context);
    }

    private bool IsSigned(IHeaderDictionary headers, string id, string body)
    {
        var time = headers["webhook-timestamp"].ToString();
        var signature = "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{time}.{body}")));
        return long.TryParse(time, CultureInfo.InvariantCulture, out var seconds)
            && (DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() < Tolerance
            && headers["webhook-signature"].ToString().Split(' ').Contains(signature);
    }
}
