using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>Where Temporal answers.</summary>
/// <param name="Text">host:port, as the client takes it.</param>
/// <param name="IsLoopback">Whether it is this machine itself.</param>
internal sealed record TemporalAddress(string Text, bool IsLoopback)
{
    private const string Key = "Temporal:Address";
    private const string Standard = "localhost:7233";

    /// <summary>The setting <c>Temporal:Address</c>; where it is absent, this machine.</summary>
    /// <exception cref="ConfigurationException">It is not of the form host:port.</exception>
    public static TemporalAddress Read(IConfiguration configuration) => Parse(configuration.Text(Key) ?? Standard);

    private static TemporalAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var isBracketed = host is ['[', .., ']'];
        var isWellFormed =
            colon > 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0
            && Uri.CheckHostName(host) is not UriHostNameType.Unknown
            && (isBracketed || !host.Contains(':', StringComparison.Ordinal));
        return isWellFormed
            ? new TemporalAddress(text, IsThisMachine(host))
            : throw new ConfigurationException($"{Key} is '{text}'; expected host:port, e.g. {Standard}");
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
