using System.Diagnostics;

namespace TemporalDelivery.Api.Problems;

/// <summary>Makes every error a problem document, those of the framework included.</summary>
internal static class ProblemSetup
{
    /// <summary>Registers the problem document and what exceptions become.</summary>
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(problems =>
            problems.CustomizeProblemDetails = context =>
            {
                if (context.ProblemDetails.Status == StatusCodes.Status503ServiceUnavailable)
                {
                    context.HttpContext.Response.Headers.RetryAfter = "1";
                }

                context.ProblemDetails.Extensions["traceId"] = Activity.Current?.Id ?? context.HttpContext.TraceIdentifier;
            }
        );
        builder.Services.AddExceptionHandler<ExceptionProblems>();
    }

    /// <summary>Answers exceptions and empty error responses (404, 405, 415, …) with problem documents.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }
}
