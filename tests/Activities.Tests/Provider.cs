using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Activities.Tests;

/// <summary>A request as a provider saw it.</summary>
public sealed record Seen(string Call, string? Key, JsonNode? Body);

/// <summary>Another company's HTTP interface, which answers as the test says and remembers what it was asked.</summary>
public sealed class Provider : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<Seen> _seen = new();
    readonly ConcurrentQueue<Func<Seen, (int Status, string Body)>> _answers = new();

    Provider(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<Seen> Requests => [.. _seen];

    public static async Task<Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new Provider(app);
        app.Run(provider.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>The next request gets this answer; one that nobody expected gets a 500.</summary>
    public Provider Answers(int status, string body)
    {
        _answers.Enqueue(_ => (status, body));
        return this;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var text = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        var seen = new Seen(
            $"{context.Request.Method} {context.Request.Path}",
            context.Request.Headers["Idempotency-Key"],
            text.Length == 0 ? null : JsonNode.Parse(text));
        _seen.Enqueue(seen);
        var (status, body) = _answers.TryDequeue(out var answer) ? answer(seen) : (500, """{"title":"unexpected"}""");
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
