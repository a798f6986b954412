using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TemporalDelivery.Hosting.Configuration;

/// <summary>Reads typed settings; what cannot be read is a <see cref="ConfigurationException"/> that names the setting.</summary>
public static class Settings
{
    private const int MinKeyBytes = 32;

    extension(IConfiguration configuration)
    {
        /// <summary>The text under <paramref name="key"/>; null when it is absent or empty.</summary>
        public string? Text(string key) => configuration[key] is { Length: > 0 } text ? text : null;

        /// <summary>The text under <paramref name="key"/>, which must be there.</summary>
        public string Required(string key) => configuration.Text(key) ?? throw new ConfigurationException($"{key} is not set");

        /// <summary>An absolute http(s) address; null when the setting is absent.</summary>
        public Uri? Address(string key) =>
            configuration.Text(key) is not { } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
            : throw new ConfigurationException($"{key} is '{text}'; expected an address like http://127.0.0.1:8090");

        /// <summary>An absolute http(s) address, which must be there.</summary>
        public Uri RequiredAddress(string key) =>
            configuration.Address(key)
            ?? throw new ConfigurationException($"{key} is not set; expected an address like http://127.0.0.1:8090");

        /// <summary>A whole number from 1 to <paramref name="atMost"/>; <paramref name="otherwise"/> when the setting is absent.</summary>
        public int Count(string key, int? otherwise = null, int atMost = 10_000) =>
            (configuration.Text(key), otherwise) switch
            {
                (null, { } standard) => standard,
                ({ } text, _)
                    when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        && count >= 1
                        && count <= atMost => count,
                var (text, _) => throw new ConfigurationException($"{key} is '{text}'; expected a whole number from 1 to {atMost}"),
            };

        /// <summary>A number from 0 to 1, which must be there.</summary>
        public double Probability(string key) =>
            double.TryParse(configuration[key], NumberStyles.Float, CultureInfo.InvariantCulture, out var probability)
            && probability is >= 0 and <= 1
                ? probability
                : throw new ConfigurationException($"{key} is '{configuration[key]}'; expected a number from 0 to 1");

        /// <summary>A duration of zero or more, <c>hh:mm:ss[.fff]</c>, which must be there.</summary>
        public TimeSpan Duration(string key) =>
            TimeSpan.TryParse(configuration[key], CultureInfo.InvariantCulture, out var duration) && duration >= TimeSpan.Zero
                ? duration
                : throw new ConfigurationException($"{key} is '{configuration[key]}'; expected a duration like 00:00:01.5");

        /// <summary>
        /// The secrets under <paramref name="key"/>, base64 of at least 32 bytes each: several while one replaces another.
        /// </summary>
        public IReadOnlyList<byte[]> Keys(string key) =>
            [
                .. configuration
                    .GetSection(key)
                    .GetChildren()
                    .Where(secret => secret.Value is { Length: > 0 })
                    .Select(secret =>
                        Convert.TryFromBase64String(secret.Value!, new byte[secret.Value!.Length], out var length) && length >= MinKeyBytes
                            ? Convert.FromBase64String(secret.Value!)
                            : throw new ConfigurationException($"{secret.Path} is not base64 of at least {MinKeyBytes} bytes")
                    ),
            ];

        /// <summary>
        /// A whole section; a key in it that <typeparamref name="T"/> does not have is a fault too. What stands under the section's own
        /// name is none of its keys: a login shell's MAIL is not the section Mail.
        /// </summary>
        public T Section<T>(string section)
            where T : class, new()
        {
            try
            {
                var keys = configuration
                    .GetSection(section)
                    .AsEnumerable()
                    .Where(setting => setting.Value is not null && setting.Key.Length > section.Length);
                return new ConfigurationBuilder()
                    .AddInMemoryCollection(keys)
                    .Build()
                    .GetSection(section)
                    .Get<T>(binder => binder.ErrorOnUnknownConfiguration = true)
                    ?? new T();
            }
            catch (InvalidOperationException failure)
            {
                throw new ConfigurationException(
                    failure.InnerException is null ? failure.Message : $"{failure.Message} {failure.InnerException.Message}",
                    failure
                );
            }
        }
    }
}
