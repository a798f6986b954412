using System.Globalization;
using System.Net;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.CommandLine;

/// <summary>
/// The dev server's command line: <c>[server] start-dev [options]</c>, or a port alone for the time-skipping test server.
/// </summary>
internal static class ServerCommandLine
{
    /// <summary>What it says when asked.</summary>
    public const string Usage = """
        usage: temporal-server [server] start-dev [options]
               temporal-server PORT            time-skipping test server, in memory

        options of start-dev:
          --port, -p PORT                      listen here (7233); 0 takes any free port
          --ip ADDRESS                         listen on this address (127.0.0.1)
          --namespace, -n NAME                 have this namespace, too; may be repeated ("default" is always there)
          --postgres CONNECTION                keep everything in this PostgreSQL database (Npgsql string or postgresql:// URL);
                                               without it everything is in memory. Environment variable TEMPORAL_POSTGRES
                                               does the same and shows no password in the process list
          --search-attribute NAME=TYPE         have this search attribute; may be repeated. Types: Text, Keyword, Int, Double,
                                               Bool, Datetime, KeywordList
          --log-level LEVEL                    debug, info, warn, error or never (warn)
          --log-format FORMAT                  accepted for compatibility (text, json, pretty)
          --headless                           accepted for compatibility: there is no Web UI in this server
          --ui-port PORT, --ui-ip ADDRESS, --ui-public-path PATH, --http-port PORT, --metrics-port PORT
                                               accepted for compatibility
          --dynamic-config-value KEY=VALUE     accepted for compatibility; may be repeated
        """;

    private static readonly HashSet<string> IgnoredWithValue = new(StringComparer.Ordinal)
    {
        "--ui-port", "--ui-ip", "--ui-public-path", "--ui-asset-path", "--ui-codec-endpoint", "--http-port", "--metrics-port",
        "--dynamic-config-value", "--log-format", "--color", "--sqlite-pragma", "--time-format", "--output", "-o",
    };

    private static readonly HashSet<string> IgnoredSwitches = new(StringComparer.Ordinal) { "--headless", "--log-config", "--no-json-shorthand-payloads" };

    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="postgres">The database of start-dev when the arguments name none; null or empty for memory.</param>
    /// <exception cref="CommandLineException">It is wrong.</exception>
    public static TemporalServerOptions Parse(IReadOnlyList<string> args, string? postgres = null)
    {
        var rest = new Queue<string>(args);
        if (rest.Count == 0)
        {
            throw new CommandLineException("nothing to do: say start-dev, or a port for the test server.");
        }

        if (rest.Peek().Length > 0 && rest.Peek().All(char.IsAsciiDigit))
        {
            return TestServer(rest);
        }

        if (rest.Peek() == "server")
        {
            rest.Dequeue();
        }

        if (!rest.TryDequeue(out var command) || command != "start-dev")
        {
            throw new CommandLineException($"unknown command \"{command ?? "server"}\": this server knows start-dev, or a port for the test server.");
        }

        return StartDev(rest, postgres);
    }

    private static TemporalServerOptions TestServer(Queue<string> rest)
    {
        var options = new TemporalServerOptions { Port = Port("PORT", rest.Dequeue()), TimeSkipping = true };
        while (rest.TryDequeue(out var extra))
        {
            // The SDKs pass this along to the Java test server.
            if (extra != "--enable-time-skipping")
            {
                throw new CommandLineException($"unknown argument \"{extra}\" after the test server's port.");
            }
        }

        return options;
    }

    private static TemporalServerOptions StartDev(Queue<string> rest, string? postgres)
    {
        var options = new TemporalServerOptions { PostgresConnectionString = string.IsNullOrEmpty(postgres) ? null : postgres };
        var namespaces = new List<string> { "default" };
        var searchAttributes = new Dictionary<string, IndexedValueType>(StringComparer.Ordinal);
        while (rest.TryDequeue(out var argument))
        {
            var (name, inline) = Split(argument);
            if (IgnoredSwitches.Contains(name) && inline is null)
            {
                continue;
            }

            switch (name)
            {
                case "--port" or "-p":
                    options = options with { Port = Port(name, Value()) };
                    break;
                case "--ip":
                    var ip = Value();
                    options = options with { Ip = IpOf(name, ip) };
                    break;
                case "--namespace" or "-n":
                    namespaces.Add(Value());
                    break;
                case "--postgres":
                    options = options with { PostgresConnectionString = Value() };
                    break;
                case "--search-attribute":
                    var (attribute, type) = SearchAttribute(Value());
                    searchAttributes[attribute] = type;
                    break;
                case "--log-level":
                    options = options with { LogLevel = Level(Value()) };
                    break;
                case "--db-filename" or "-f":
                    throw new CommandLineException("--db-filename is not supported: this server keeps nothing in files. Use --postgres CONNECTION for durable state.");
                case var _ when IgnoredWithValue.Contains(name):
                    Value();
                    break;
                default:
                    throw new CommandLineException($"unknown option \"{name}\" of start-dev.");
            }

            string Value() => inline ?? (rest.TryDequeue(out var next) ? next : throw new CommandLineException($"{name} needs a value."));
        }

        return options with { Namespaces = [.. namespaces.Distinct(StringComparer.Ordinal)], SearchAttributes = searchAttributes };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static int Port(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new CommandLineException($"{name}: \"{text}\" is not a port (0 to 65535).");

    private static IPAddress IpOf(string name, string text) => text switch
    {
        "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(text, out var address) => address,
        _ => throw new CommandLineException($"{name}: \"{text}\" is not an IP address."),
    };

    private static (string Name, IndexedValueType Type) SearchAttribute(string text)
    {
        var parts = text.Split('=', 2);
        return parts is [{ Length: > 0 } name, var type]
            && Enum.TryParse<IndexedValueType>(type, ignoreCase: true, out var parsed)
            && Enum.IsDefined(parsed) && parsed != IndexedValueType.Unspecified && !char.IsAsciiDigit(type[0])
            ? (name, parsed)
            : throw new CommandLineException(
                $"--search-attribute: \"{text}\" is not NAME=TYPE with a type of Text, Keyword, Int, Double, Bool, Datetime, KeywordList.");
    }

    private static LogLevel Level(string text) => text.ToLowerInvariant() switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "never" => LogLevel.None,
        _ => throw new CommandLineException($"--log-level: \"{text}\" is none of debug, info, warn, error, never."),
    };
}
