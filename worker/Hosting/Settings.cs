using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>Reads settings that must be right.</summary>
static class Settings
{
    /// <summary>The absolute http(s) address under this key.</summary>
    /// <exception cref="ConfigurationFault">It is missing or something else.</exception>
    public static Uri RequireUrl(this IConfiguration configuration, string key) =>
        configuration[key] switch
        {
            null or "" => throw new ConfigurationFault($"{key} is not set; expected e.g. http://127.0.0.1:8090"),
            var text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => new Uri(text),
            var text => throw new ConfigurationFault($"{key} is '{text}'; expected an address like http://127.0.0.1:8090"),
        };

    /// <summary>The whole number from 1 to 10000 under this key, or <paramref name="otherwise"/> when it is not set.</summary>
    /// <exception cref="ConfigurationFault">It is something else.</exception>
    public static int ReadCount(this IConfiguration configuration, string key, int otherwise) =>
        configuration[key] switch
        {
            null or "" => otherwise,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 10_000 => count,
            var text => throw new ConfigurationFault($"{key} is '{text}'; expected a whole number from 1 to 10000"),
        };
}
