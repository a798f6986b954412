using Microsoft.AspNetCore.Http.HttpResults;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>
/// The faults of a real network, on purpose: some requests are answered 503 before anything was done, as many after all was done, and
/// others after all was done are not answered before their caller gives up. Only a caller with an idempotency key survives them.
/// </summary>
/// <param name="errors">Share of requests answered 503.</param>
/// <param name="silences">Share of requests that are done and then not answered.</param>
internal sealed class InfrastructureFaults(double errors, double silences)
{
    // Longer than any caller has patience for.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>Puts the faults in front of every endpoint but health.</summary>
    public void Use(WebApplication app)
    {
        if (errors + silences <= 0)
        {
            return;
        }

        app.Use(
            async (context, next) =>
            {
                var isExempt = context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
                var dice = isExempt ? 1 : Random.Shared.NextDouble();
                if (dice < errors / 2)
                {
                    await Unavailable().ExecuteAsync(context);
                    return;
                }

                if (dice >= errors + silences)
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
                if (dice >= errors)
                {
                    // Ends when the caller has given up.
                    await Task.Delay(Silence, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                await Unavailable().ExecuteAsync(context);
            }
        );
    }

    private static ProblemHttpResult Unavailable() =>
        TypedResults.Problem("A fault that this simulator was told to make.", statusCode: StatusCodes.Status503ServiceUnavailable);
}
