using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Worker.Tests;

/// <summary>
/// A Temporal that lets nobody add search attributes, as a cluster's authorizer does: a proxy in front of one that lets everybody. All
/// calls are unary, so each is one body there and one back.
/// </summary>
internal sealed class GuardedTemporal : IAsyncDisposable
{
    private const string PermissionDenied = "7";
    private readonly WebApplication app;
    private readonly HttpClient behind;

    private GuardedTemporal(WebApplication app, string address)
    {
        this.app = app;
        behind = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
        {
            BaseAddress = new Uri($"http://{address}"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    /// <param name="address">Where the one is that lets everybody.</param>
    public static async Task<GuardedTemporal> StartAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var app = builder.Build();
        var guarded = new GuardedTemporal(app, address);
        app.Run(guarded.HandOnAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        guarded.Address = new Uri(app.Urls.Single()).Authority;
        return guarded;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        behind.Dispose();
    }

    private async Task HandOnAsync(HttpContext context)
    {
        if (context.Request.Path.Value!.EndsWith("/AddSearchAttributes", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", PermissionDenied);
            context.Response.AppendTrailer("grpc-message", "Request unauthorized.");
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, context.Request.Path.Value)
        {
            Content = await BodyAsync(context),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            // What is about the content goes with that.
            request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        using var answer = await behind.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        foreach (var (name, values) in answer.Headers.Where(header => header.Key.StartsWith("grpc-", StringComparison.Ordinal)))
        {
            context.Response.Headers.Append(name, values.ToArray());
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        foreach (var (name, values) in answer.TrailingHeaders)
        {
            context.Response.AppendTrailer(name, values.ToArray());
        }
    }

    private static async Task<HttpContent> BodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        var content = new StreamContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        return content;
    }
}
