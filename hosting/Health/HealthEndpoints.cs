using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace TemporalDelivery.Hosting.Health;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>.</summary>
    /// <param name="routes">The host's routes.</param>
    /// <param name="checks">What <see cref="HealthSetup.AddHealth"/> registered in the host whose health is told.</param>
    public static void MapHealth(this IEndpointRouteBuilder routes, HealthCheckService checks)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health
            .MapGet("live", () => TypedResults.Ok(new LiveResponse("live")))
            .WithName("findLiveness")
            .WithSummary("The process answers.")
            .WithDescription("Says nothing of what it depends on.");
        health
            .MapGet("ready", (CancellationToken cancellationToken) => ReadyAsync(checks, cancellationToken))
            .WithName("findReadiness")
            .Produces<ReadyResponse>(StatusCodes.Status503ServiceUnavailable)
            .WithDescription("Each dependency is up, degraded or down, and why; 503 while one is down.")
            .WithSummary("The process has started, and what it depends on answers.");
    }

    private static async Task<Results<Ok<ReadyResponse>, JsonHttpResult<ReadyResponse>>> ReadyAsync(
        HealthCheckService checks,
        CancellationToken cancellationToken
    )
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        var states = report.Entries.ToDictionary(entry => entry.Key, entry => Describe(entry.Value));
        return report.Status != HealthStatus.Unhealthy
            ? TypedResults.Ok(new ReadyResponse("ready", states))
            : TypedResults.Json(new ReadyResponse("not ready", states), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static string Describe(HealthReportEntry entry)
    {
        // An exception's words are for the log, where the health checks' own service puts them: whoever asks here may be a stranger.
        var why = entry.Description ?? "it does not answer";
        return entry.Status switch
        {
            HealthStatus.Healthy => "up",
            HealthStatus.Degraded => $"degraded: {why}",
            _ => $"down: {why}",
        };
    }
}

/// <summary>The process answers.</summary>
public sealed record LiveResponse(string Status);

/// <summary>What the process needs to do its work.</summary>
/// <param name="Status">ready or not ready.</param>
/// <param name="Checks">By the name of each: up, degraded and why (the process does its work all the same), or down and why.</param>
public sealed record ReadyResponse(string Status, IReadOnlyDictionary<string, string> Checks);

/// <summary>Registers what <see cref="HealthEndpoints"/> tells.</summary>
public static class HealthSetup
{
    /// <summary>How long a check may take.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Adds the check of the start itself; whoever registers a dependency adds the check of that.</summary>
    public static void AddHealth(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck<StartupHealthCheck>("startup");
}
