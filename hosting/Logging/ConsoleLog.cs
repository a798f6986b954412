using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Hosting.Logging;

/// <summary>What the process says about itself.</summary>
public static class ConsoleLog
{
    /// <summary>One line per message; the framework's only from warnings on. The section <c>Logging</c> may set other levels.</summary>
    public static void AddConsoleLog(this IHostApplicationBuilder builder)
    {
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "HH:mm:ss.fff ";
                format.UseUtcTimestamp = true;
            });
        builder
            .Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            // What keeps the host from starting is said once, by the end of the process; what stops it later is critical.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            // A request that fails is logged where it is turned into an answer; a client's mistake is no error of ours.
            .AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None)
            // The health answer itself says what is down.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
