using Microsoft.Extensions.Logging.Console;

namespace Temporal.Server;

/// <summary>Where the server's logs go, and how they look.</summary>
internal static class ServerConsole
{
    private const string Time = "HH:mm:ss.fff ";

    /// <summary>Logs to the console.</summary>
    public static void AddServerConsole(this ILoggingBuilder logging, LogFormat format, LogLevel level)
    {
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(console =>
            {
                console.TimestampFormat = "O";
                console.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = Time;
                console.ColorBehavior = format == LogFormat.Pretty ? LoggerColorBehavior.Default : LoggerColorBehavior.Disabled;
            });
        }

        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
        // As long as this one could log anything, each request gets an activity and a scope for it.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // What handlers throw is logged before it comes here; what is left are requests that are no gRPC, which the caller is told.
        logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        // Whoever asks for health is answered; what makes the server unhealthy has been logged by those whom it keeps from working.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // What keeps it from starting is thrown to the caller; no need to log it as well.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }
}
