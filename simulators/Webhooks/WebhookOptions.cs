using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Webhooks;

/// <summary>Where events go and how they are signed.</summary>
/// <param name="Url">The receiver; null sends nothing, and the receiver learns by asking.</param>
/// <param name="Key">The shared key that <c>whsec_…</c> carries in base64.</param>
/// <param name="RetryAtMost">The longest pause between two attempts; pauses begin at 100 ms and double.</param>
internal sealed record WebhookOptions(Uri? Url, byte[] Key, TimeSpan RetryAtMost)
{
    /// <summary>What may be said of webhooks on the command line.</summary>
    public static readonly IReadOnlyList<Setting> Settings =
    [
        new("Webhook:Url", null, "address that events are POSTed to, e.g. http://127.0.0.1:8080/webhooks/partner; none: nothing is sent"),
        new("Webhook:Secret", null, "whsec_<base64> with which events are signed (Standard Webhooks); required with Webhook:Url"),
        new("Webhook:RetryAtMost", "00:00:05", "longest pause between two attempts to deliver an event; it is retried until a 2xx answer"),
    ];

    /// <exception cref="ConfigurationException">A setting is missing or cannot be read.</exception>
    public static WebhookOptions Read(IConfiguration configuration)
    {
        var url = configuration.Address("Webhook:Url");
        return new(
            url,
            url is null ? [] : ReadKey(configuration.Required("Webhook:Secret")),
            configuration.Duration("Webhook:RetryAtMost")
        );
    }

    private static byte[] ReadKey(string secret)
    {
        const string prefix = "whsec_";
        var key = new byte[secret.Length];
        return
            secret.StartsWith(prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[prefix.Length..], key, out var length)
            && length >= 16
            ? key[..length]
            : throw new ConfigurationException("--Webhook:Secret is not whsec_ followed by at least 16 bytes in base64");
    }
}
