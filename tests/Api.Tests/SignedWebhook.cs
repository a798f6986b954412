using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TemporalDelivery.Api.Tests;

/// <summary>Events as other companies send them (Standard Webhooks).</summary>
internal static class SignedWebhook
{
    public static string Sign(byte[] key, string id, long timestamp, string body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));

    public static HttpRequestMessage Request(string sender, string id, long timestamp, string body, string signatures)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/{sender}") { Content = Stories.Raw(body) };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", signatures);
        return request;
    }
}
