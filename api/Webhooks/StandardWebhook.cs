using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TemporalDelivery.Api.Webhooks;

/// <summary>
/// Checks that a webhook comes from whoever shares a secret with us and was sent just now. Standard Webhooks 1.0: the header
/// <c>webhook-signature</c> lists <c>v1,</c> and HMAC-SHA256 of <c>id.timestamp.body</c> in base64; one right signature under one of our
/// secrets is enough, so that either side can rotate.
/// </summary>
internal sealed class StandardWebhook(IReadOnlyList<byte[]> keys, TimeProvider clock)
{
    /// <summary>The most characters of a message's id.</summary>
    public const int MaxId = 200;

    private const string Version = "v1,";
    private const int MaxSignatures = 16;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Null when the request is right; otherwise why it is refused, without a hint for a forger.</summary>
    public string? Refusal(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        if (
            headers["webhook-id"] is not [{ Length: > 0 and <= MaxId } id]
            || headers["webhook-timestamp"] is not [{ } timestamp]
            || headers["webhook-signature"] is not [{ } signatures]
        )
        {
            return "The headers webhook-id, webhook-timestamp and webhook-signature are required, each once.";
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return "webhook-timestamp is the seconds since 1970.";
        }

        if (Math.Abs((double)clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return "webhook-timestamp is not within five minutes of our clock.";
        }

        return IsSigned(id, timestamp, signatures, body) ? null : "The signature is not right.";
    }

    private bool IsSigned(string id, string timestamp, string signatures, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = keys.Select(key => HMACSHA256.HashData(key, signed)).ToList();
        var found = false;
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MaxSignatures))
        {
            var given = new byte[HMACSHA256.HashSizeInBytes];
            if (
                !signature.StartsWith(Version, StringComparison.Ordinal)
                || !Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
                || length != given.Length
            )
            {
                continue;
            }
            // Every comparison takes the same time, and all are made.
            foreach (var hash in expected)
            {
                found |= CryptographicOperations.FixedTimeEquals(hash, given);
            }
        }

        return found;
    }
}
