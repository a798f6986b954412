using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>The secrets that we share with those who send webhooks.</summary>
internal static class WebhookSecrets
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 16;

    /// <summary>The keys under <c>Webhooks:{sender}:Secrets</c>: several while one is being replaced by another.</summary>
    /// <exception cref="ConfigurationException">One is not <c>whsec_</c> and at least 16 bytes in base64. The message does not repeat
    /// it.</exception>
    public static IReadOnlyList<byte[]> Read(IConfiguration configuration, string sender) =>
        [
            .. configuration
                .GetSection($"Webhooks:{sender}:Secrets")
                .GetChildren()
                .Where(secret => secret.Value is { Length: > 0 })
                .Select(Key),
        ];

    private static byte[] Key(IConfigurationSection secret)
    {
        var text = secret.Value!;
        var key = new byte[text.Length];
        return
            text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length)
            && length >= MinBytes
            ? key[..length]
            : throw new ConfigurationException($"{secret.Path} is not {Prefix} followed by at least {MinBytes} bytes in base64");
    }
}
