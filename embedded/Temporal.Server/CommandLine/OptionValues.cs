using System.Globalization;
using System.Net;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.CommandLine;

/// <summary>Reads the values of options; what it does not understand it names.</summary>
internal static class OptionValues
{
    /// <summary>A port; 0 for any free one.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static int Port(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new CommandLineException($"{name}: \"{text}\" is not a port (0 to 65535).");

    /// <summary>An address of this machine.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static IPAddress Address(string name, string text) =>
        text switch
        {
            "localhost" => IPAddress.Loopback,
            _ when IPAddress.TryParse(text, out var address) => address,
            _ => throw new CommandLineException($"{name}: \"{text}\" is not an IP address."),
        };

    /// <summary>A search attribute and its type.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static (string Name, IndexedValueType Type) SearchAttribute(string text)
    {
        var parts = text.Split('=', 2);
        return
            parts is [{ Length: > 0 } name, var type]
            && Enum.TryParse<IndexedValueType>(type, ignoreCase: true, out var parsed)
            && Enum.IsDefined(parsed)
            && parsed != IndexedValueType.Unspecified
            && !char.IsAsciiDigit(type[0])
            ? (name, parsed)
            : throw new CommandLineException(
                $"--search-attribute: \"{text}\" is not NAME=TYPE with a type of Text, Keyword, Int, Double, Bool, Datetime, KeywordList."
            );
    }

    /// <summary>A log level.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static LogLevel Level(string text) =>
        text.ToLowerInvariant() switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "never" => LogLevel.None,
            _ => throw new CommandLineException($"--log-level: \"{text}\" is none of debug, info, warn, error, never."),
        };

    /// <summary>A form of logs.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static LogFormat Format(string text) =>
        text.ToLowerInvariant() switch
        {
            "text" => LogFormat.Text,
            "json" => LogFormat.Json,
            "pretty" => LogFormat.Pretty,
            _ => throw new CommandLineException($"--log-format: \"{text}\" is none of text, json, pretty."),
        };
}
