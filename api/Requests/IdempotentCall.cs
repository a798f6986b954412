using System.Security.Cryptography;
using System.Text;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Requests;

/// <summary>A running request that bears an idempotency key, as a feature of its <see cref="HttpContext"/>.</summary>
/// <param name="Request">Who asks for what, under which key.</param>
internal sealed record IdempotentCall(IdempotentRequest Request)
{
    /// <summary>
    /// The id of the workflow update that the request becomes. Temporal answers a known id with the first outcome, whatever update follows,
    /// so nothing but the very same request has the same id.
    /// </summary>
    public string UpdateId { get; } =
        Convert.ToHexStringLower(
            SHA256.HashData([.. SHA256.HashData(Encoding.UTF8.GetBytes($"{Request.Scope}\n{Request.Key}")), .. Request.BodyHash])
        );
}
