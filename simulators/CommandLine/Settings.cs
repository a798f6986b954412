using System.Globalization;

namespace TemporalDelivery.Simulators.CommandLine;

/// <summary>Reads typed settings; what cannot be read is a <see cref="ConfigurationFault"/> that names the setting.</summary>
static class Settings
{
    extension(IConfiguration configuration)
    {
        /// <summary>The value of <paramref name="key"/>, which must be given.</summary>
        public string Required(string key) =>
            configuration[key] is { Length: > 0 } value ? value : throw new ConfigurationFault($"--{key} is required; try --help");

        /// <summary>A probability from 0 to 1.</summary>
        public double Probability(string key) =>
            double.TryParse(configuration[key], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1
                ? value
                : throw new ConfigurationFault($"--{key} is '{configuration[key]}', not a number from 0 to 1");

        /// <summary>A duration of zero or more, written <c>hh:mm:ss[.fff]</c>.</summary>
        public TimeSpan Duration(string key) =>
            TimeSpan.TryParse(configuration[key], CultureInfo.InvariantCulture, out var value) && value >= TimeSpan.Zero
                ? value
                : throw new ConfigurationFault($"--{key} is '{configuration[key]}', not a duration such as 00:00:01.5");

        /// <summary>An absolute http(s) address; null when the setting is absent.</summary>
        public Uri? Address(string key) =>
            configuration[key] is not { Length: > 0 } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
            : throw new ConfigurationFault($"--{key} is '{text}', not an http(s) address");

        /// <summary>A whole number from 1 to <paramref name="atMost"/>.</summary>
        public int Count(string key, int atMost) =>
            int.TryParse(configuration[key], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= atMost
                ? value
                : throw new ConfigurationFault($"--{key} is '{configuration[key]}', not a whole number from 1 to {atMost}");
    }
}
