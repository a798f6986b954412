using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Api.Temporal;

namespace TemporalDelivery.Api.Problems;

/// <summary>What an exception that leaves an endpoint is answered with.</summary>
internal sealed class ExceptionProblems(ILogger<ExceptionProblems> log) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        await Answer(exception).ExecuteAsync(httpContext);
        return true;
    }

    private ProblemHttpResult Answer(Exception exception)
    {
        switch (exception)
        {
            case MalformedRequestException malformed:
                return Problem.Malformed(malformed.Fault);
            case NotFoundException missing:
                return Problem.NotFound(missing.What, missing.Id);
            case OutdatedException:
                return Problem.Outdated(exception.Message);
            case BadHttpRequestException { InnerException: JsonException json }:
                return Problem.Malformed(JsonFault.From(json));
            case BadHttpRequestException bad:
                return TypedResults.Problem(bad.Message, statusCode: bad.StatusCode);
            case TemporalAwayException:
                log.LogWarning("{Reason}", exception.Message);
                return Problem.Unavailable("The workflow service does not answer; nothing is known to have changed. Try again.");
            case NpgsqlException or TimeoutException when exception is not PostgresException { IsTransient: false }:
                log.LogWarning("The database does not answer: {Reason}", exception.Message);
                return Problem.Unavailable("The database does not answer. Try again.");
            default:
                log.LogError(exception, "A request failed");
                return TypedResults.Problem(
                    "Something went wrong on our side; it was logged under this problem's traceId.",
                    statusCode: 500
                );
        }
    }
}
