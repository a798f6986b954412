using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Temporalio.Client;

namespace TemporalDelivery.Api.Health;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
static class HealthEndpoints
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("live", () => TypedResults.Ok(new LiveResponse("live"))).WithSummary("The process answers.");
        health.MapGet("ready", ReadyAsync).WithSummary("The database and Temporal answer.");
    }

    static async Task<Results<Ok<ReadyResponse>, JsonHttpResult<ReadyResponse>>> ReadyAsync(
        NpgsqlDataSource database, ITemporalClient temporal, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        var answers = await Task.WhenAll(
            TryAsync(() => AskAsync(database, deadline.Token), deadline.Token),
            TryAsync(() => AskAsync(temporal, deadline.Token), deadline.Token));
        var response = new ReadyResponse(answers.All(answer => answer == "up") ? "ready" : "not ready", answers[0], answers[1]);
        return response.Status == "ready" ? TypedResults.Ok(response) : TypedResults.Json(response, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    static async Task AskAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    static async Task AskAsync(ITemporalClient temporal, CancellationToken cancellationToken)
    {
        if (!await temporal.Connection.CheckHealthAsync(options: new RpcOptions { Retry = false, Timeout = Deadline, CancellationToken = cancellationToken }))
            throw new InvalidOperationException("it says that it does not serve");
    }

    // Whatever the failure is, it is the answer.
    static async Task<string> TryAsync(Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask().WaitAsync(cancellationToken);
            return "up";
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return $"down: {failure.Message}";
        }
    }
}

/// <summary>The process answers.</summary>
public sealed record LiveResponse(string Status);

/// <summary>What the process needs to do its work.</summary>
/// <param name="Status">ready or not ready.</param>
/// <param name="Database">up, or down and why.</param>
/// <param name="Temporal">up, or down and why.</param>
public sealed record ReadyResponse(string Status, string Database, string Temporal);
