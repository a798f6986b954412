using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace TemporalDelivery.Api.Problems;

/// <summary>
/// Writes every problem, the framework's included, in one form: a kind of <see cref="ProblemTypes"/> with its page, and the trace id. A
/// client that accepts no JSON gets it all the same, because it would understand nothing else better.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    private const string Code = "code";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        var type = ProblemTypes.Of(problem.Extensions.TryGetValue(Code, out var code) ? code as string : null, status);
        problem.Status = status;
        problem.Type = type.Page;
        problem.Title = type.Title;
        problem.Detail ??= type.Meaning;
        problem.Extensions[Code] = type.Code;
        problem.Extensions["traceId"] = Activity.Current?.Id ?? http.TraceIdentifier;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        // Before the default writer's own: whoever wrote this problem may not have set it yet.
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", http.RequestAborted);
    }
}
