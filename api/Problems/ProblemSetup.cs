namespace TemporalDelivery.Api.Problems;

/// <summary>Makes every error a problem document, those of the framework included.</summary>
internal static class ProblemSetup
{
    /// <summary>Registers the problem document and what exceptions become.</summary>
    public static void AddProblems(this WebApplicationBuilder builder)
    {
        // Before the framework's own writers: the first that can writes.
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
    }

    /// <summary>Answers exceptions and empty error responses (404, 405, 415, …) with problem documents.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }
}
