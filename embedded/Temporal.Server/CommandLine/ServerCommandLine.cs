using System.Globalization;
using System.Net;

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
          --port, -p PORT                      gRPC listens here (7233); 0 takes any free port
          --ip ADDRESS                         on this address (127.0.0.1)
          --namespace, -n NAME                 have this namespace, too; may be repeated ("default" is always there)
          --postgres CONNECTION                keep everything in this PostgreSQL database (Npgsql string or postgresql:// URL);
                                               without it everything is in memory. Environment variable TEMPORAL_POSTGRES
                                               does the same and shows no password in the process list
          --search-attribute NAME=TYPE         have this search attribute; may be repeated. Types: Text, Keyword, Int, Double,
                                               Bool, Datetime, KeywordList
          --ui-port PORT, --ui-ip ADDRESS      what the Web UI calls listens here (gRPC's port + 1000, gRPC's address)
          --headless                           nothing for the Web UI
          --ui-codec-endpoint URL              the data encoder that the Web UI decodes payloads with
          --http-port PORT                     Temporal's HTTP API for people and programs listens here, on --ip (nowhere)
          --log-level LEVEL                    debug, info, warn, error or never (warn)
          --log-format FORMAT                  text, json or pretty (text)
        """;

    // How the real program's own output looks, of which this one has none; and its settings, of which the SDKs' dev server passes some.
    private static readonly HashSet<string> IgnoredOptions = new(StringComparer.Ordinal)
    {
        "--color",
        "--time-format",
        "--output",
        "-o",
        "--dynamic-config-value",
    };

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
            throw new CommandLineException(
                $"unknown command \"{command ?? "server"}\": this server knows start-dev, or a port for the test server."
            );
        }

        return StartDev(rest, postgres);
    }

    private static TemporalServerOptions TestServer(Queue<string> rest)
    {
        var options = new TemporalServerOptions { Port = OptionValues.Port("PORT", rest.Dequeue()), TimeSkipping = true };
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
        var line = new StartDevLine { Options = new() { PostgresConnectionString = string.IsNullOrEmpty(postgres) ? null : postgres } };
        while (rest.TryDequeue(out var argument))
        {
            var (name, inline) = Split(argument);
            if (name == "--headless" && inline is not null)
            {
                throw new CommandLineException($"{name} takes no value.");
            }

            line = Take(line, name, Value);

            string Value() => inline ?? (rest.TryDequeue(out var next) ? next : throw new CommandLineException($"{name} needs a value."));
        }

        return line.ToOptions();
    }

    private static StartDevLine Take(StartDevLine line, string name, Func<string> value)
    {
        var options = line.Options;
        switch (name)
        {
            case "--port" or "-p":
                return line with { Options = options with { Port = OptionValues.Port(name, value()) } };
            case "--ip":
                return line with { Options = options with { Ip = OptionValues.Address(name, value()) } };
            case "--namespace" or "-n":
                return line with
                {
                    Options = options with { Namespaces = [.. options.Namespaces.Append(value()).Distinct(StringComparer.Ordinal)] },
                };
            case "--postgres":
                return line with { Options = options with { PostgresConnectionString = value() } };
            case "--search-attribute":
                var (attribute, type) = OptionValues.SearchAttribute(value());
                return line with
                {
                    Options = options with
                    {
                        SearchAttributes = new Dictionary<string, Temporalio.Api.Enums.V1.IndexedValueType>(options.SearchAttributes)
                        {
                            [attribute] = type,
                        },
                    },
                };
            case "--log-level":
                return line with { Options = options with { LogLevel = OptionValues.Level(value()) } };
            case "--log-format":
                return line with { Options = options with { LogFormat = OptionValues.Format(value()) } };
            case "--ui-codec-endpoint":
                return line with { Options = options with { CodecEndpoint = value() } };
            case "--headless":
                return line with { Headless = true };
            case "--ui-port":
                return line with { UiPort = OptionValues.Port(name, value()) };
            case "--ui-ip":
                return line with { UiIp = OptionValues.Address(name, value()) };
            case "--http-port":
                return line with { HttpPort = OptionValues.Port(name, value()) };
            case "--db-filename" or "-f" or "--sqlite-pragma":
                throw new CommandLineException(
                    $"{name} is not supported: this server keeps nothing in files. Use --postgres CONNECTION for durable state."
                );
            case "--ui-public-path" or "--ui-asset-path":
                throw new CommandLineException(
                    $"{name} is not supported: the Web UI is at the root of a port of its own. Use --ui-port and --ui-ip to say where."
                );
            case var _ when IgnoredOptions.Contains(name):
                value();
                return line;
            default:
                throw new CommandLineException($"unknown option \"{name}\" of start-dev.");
        }
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    /// <summary>What start-dev was told, before the defaults that depend on each other.</summary>
    private sealed record StartDevLine
    {
        private const int UiPortOffset = 1000;

        public required TemporalServerOptions Options { get; init; }

        public bool Headless { get; init; }

        public int? UiPort { get; init; }

        public IPAddress? UiIp { get; init; }

        public int? HttpPort { get; init; }

        public TemporalServerOptions ToOptions() =>
            Options with
            {
                WebUi = Headless ? null : new IPEndPoint(UiIp ?? Options.Ip, UiPort ?? DefaultUiPort()),
                HttpApi = HttpPort is { } http ? new IPEndPoint(Options.Ip, http) : null,
            };

        private int DefaultUiPort() =>
            Options.Port switch
            {
                0 => 0,
                <= IPEndPoint.MaxPort - UiPortOffset => Options.Port + UiPortOffset,
                _ => throw new CommandLineException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"--port {Options.Port} leaves no port for the Web UI, which would be at {Options.Port + UiPortOffset}: say --ui-port or --headless."
                    )
                ),
            };
    }
}
