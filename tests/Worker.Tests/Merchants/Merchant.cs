using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Worker.Tests.Merchants;

/// <summary>What a merchant was told.</summary>
internal sealed record Told(string Id, string Type, JsonElement Data, IReadOnlyList<bool> SignedBy);

/// <summary>A merchant's own endpoint, which answers as the test says.</summary>
internal sealed class Merchant : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Told> told = [];

    private Merchant()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/hook", (Delegate)HearAsync);
    }

    /// <summary>The secrets by which it knows who speaks.</summary>
    public List<byte[]> Secrets { get; } = [RandomNumberGenerator.GetBytes(32)];

    /// <summary>Its answers: 204 unless the test says otherwise.</summary>
    public Func<Told, HttpContext, Task<IResult>> Answer { get; set; } = (_, _) => Task.FromResult(Results.NoContent());

    public string Url => $"{app.Urls.Single()}/hook";

    public IReadOnlyList<Told> Heard => [.. told];

    public static async Task<Merchant> OpenAsync()
    {
        var merchant = new Merchant();
        await merchant.app.StartAsync(TestContext.Current.CancellationToken);
        return merchant;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> HearAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        string id = context.Request.Headers["webhook-id"]!,
            timestamp = context.Request.Headers["webhook-timestamp"]!;
        var signatures = context.Request.Headers["webhook-signature"].ToString().Split(' ');
        var isFresh = Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) < 300;
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}");
        var json = JsonElement.Parse(body);
        var heard = new Told(
            id,
            json.GetProperty("type").GetString()!,
            json.GetProperty("data"),
            [
                .. Secrets.Select(secret =>
                    isFresh && signatures.Contains("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, signed)))
                ),
            ]
        );
        told.Enqueue(heard);
        return await Answer(heard, context);
    }
}
