using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Simulators.Tests;

/// <summary>Receives webhooks like our API would, and answers as the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<ReceivedEvent> received = Channel.CreateUnbounded<ReceivedEvent>();
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    private WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/hook", ReceiveAsync);
    }

    /// <summary>The status to answer an event with; 202 unless the test says otherwise.</summary>
    public Func<ReceivedEvent, int> Answer { get; set; } = _ => StatusCodes.Status202Accepted;

    /// <summary>What a simulator must be told to send its events here.</summary>
    public string[] Settings =>
        [$"--Webhook:Url={Address}/hook", $"--Webhook:Secret=whsec_{Convert.ToBase64String(key)}", "--Webhook:RetryAtMost=00:00:00.2"];

    private string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The next event that came in, waiting for it.</summary>
    public async Task<ReceivedEvent> NextAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await received.Reader.ReadAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new StreamReader(request.Body);
        var text = await body.ReadToEndAsync();
        string id = request.Headers["webhook-id"]!,
            timestamp = request.Headers["webhook-timestamp"]!,
            signature = request.Headers["webhook-signature"]!;
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{text}")));
        var fresh = Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) < 300;
        var @event = new ReceivedEvent(id, JsonElement.Parse(text), signature == expected && fresh);
        var answer = Answer(@event);
        await received.Writer.WriteAsync(@event);
        return Results.StatusCode(answer);
    }
}

/// <summary>An event as it came in, and whether its signature was right and new.</summary>
internal sealed record ReceivedEvent(string Id, JsonElement Body, bool Signed)
{
    public string Type => Body.GetProperty("type").GetString()!;
}
