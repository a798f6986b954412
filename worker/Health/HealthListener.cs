using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TemporalDelivery.Worker.Hosting;

namespace TemporalDelivery.Worker.Health;

/// <summary>
/// Answers <c>/health/live</c> and <c>/health/ready</c> on a listener of its own, which is there from the start: while the worker waits for PostgreSQL
/// or Temporal it is alive and not ready.
/// </summary>
sealed class HealthListener(string url, Readiness readiness, NpgsqlDataSource database) : IHostedService, IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        _app.Urls.Add(url);
        _app.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        _app.MapGet("/health/ready", ReadyAsync);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    async Task<IResult> ReadyAsync(CancellationToken cancellationToken)
    {
        if (!readiness.IsReady)
            return NotReady("waiting for PostgreSQL or Temporal");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(patience.Token);
            return Results.Json(new { status = "ready" });
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            return NotReady("PostgreSQL does not answer");
        }
    }

    static IResult NotReady(string reason) => Results.Json(new { status = "not ready", reason }, statusCode: StatusCodes.Status503ServiceUnavailable);

    // Signals are the worker's own host's to handle.
    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
