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
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Seen> seen = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Func<HttpContext, Task>> answers = new();

    private Provider(WebApplication app) => this.app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<Seen> Requests => [.. seen];

    public static async Task<Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new Provider(app);
        app.Run(provider.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        provider.Address = new Uri(app.Urls.Single());
        return provider;
    }

    /// <summary>The next request gets this answer; one that nobody expected gets a 500.</summary>
    public Provider Answers(int status, string body)
    {
        answers.Enqueue(context => WriteAsync(context, status, body));
        return this;
    }

    /// <summary>The next request gets this answer when that is done.</summary>
    public Provider AnswersAfter(Task done, int status, string body)
    {
        answers.Enqueue(async context =>
        {
            await done.WaitAsync(context.RequestAborted);
            await WriteAsync(context, status, body);
        });
        return this;
    }

    /// <summary>The next request gets no answer for as long as its client waits.</summary>
    public Provider NeverAnswers()
    {
        answers.Enqueue(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        return this;
    }

    /// <summary>The next request's connection is closed in the middle of it.</summary>
    public Provider HangsUp()
    {
        answers.Enqueue(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        return this;
    }

    /// <summary>Done when the first request has come.</summary>
    public Task AskedAsync() => asked.Task.WaitAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var text = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        var seen = new Seen(
            $"{context.Request.Method} {context.Request.Path}",
            context.Request.Headers["Idempotency-Key"],
            text.Length == 0 ? null : JsonNode.Parse(text)
        );
        this.seen.Enqueue(seen);
        asked.TrySetResult();
        await (answers.TryDequeue(out var answer) ? answer(context) : WriteAsync(context, 500, """{"title":"unexpected"}"""));
    }

    private static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
