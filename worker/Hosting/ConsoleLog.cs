using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>What the process says about itself.</summary>
static class ConsoleLog
{
    /// <summary>One line per message; the framework's only from warnings on. Levels are those of the section <c>Logging</c> where it sets any.</summary>
    public static void AddConsoleLog(this HostApplicationBuilder builder)
    {
        builder.Logging.ClearProviders().AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
            format.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            // What keeps the host from starting is said once, in one line, by the process's end; what stops it later is critical.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
