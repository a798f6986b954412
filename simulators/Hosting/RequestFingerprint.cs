using System.Security.Cryptography;
using System.Text.Json;

namespace TemporalDelivery.Simulators.Hosting;

/// <summary>What tells a repeated request from another one under the same idempotency key.</summary>
internal static class RequestFingerprint
{
    /// <summary>A digest of the request's meaning: formatting of the JSON that it came in does not count.</summary>
    public static string Of<TRequest>(TRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)).AsSpan(0, 16));
}
