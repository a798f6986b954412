using Microsoft.AspNetCore.Http.HttpResults;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>
/// The faults of a real network, on purpose: some requests are answered 503 before anything was done, as many after all was done,
/// which only a caller with an idempotency key survives.
/// </summary>
internal sealed class InfrastructureFaults(double rate)
{
    /// <summary>Puts the faults in front of every endpoint but health.</summary>
    public void Use(WebApplication app)
    {
        if (rate <= 0)
        {
            return;
        }

        app.Use(
            async (context, next) =>
            {
                var struck =
                    !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && Random.Shared.NextDouble() < rate;
                if (struck && Random.Shared.Next(2) == 0)
                {
                    await Unavailable().ExecuteAsync(context);
                    return;
                }

                if (!struck)
                {
                    await next();
                    return;
                }

                // The answer is lost, its effect is not.
                var answer = context.Response.Body;
                context.Response.Body = Stream.Null;
                await next();
                context.Response.Body = answer;
                context.Response.Headers.Clear();
                await Unavailable().ExecuteAsync(context);
            }
        );
    }

    private static ProblemHttpResult Unavailable() =>
        TypedResults.Problem("A fault that this simulator was told to make.", statusCode: StatusCodes.Status503ServiceUnavailable);
}
