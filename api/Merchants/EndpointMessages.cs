using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Merchants;
using TemporalDelivery.Database.Messaging;

namespace TemporalDelivery.Api.Merchants;

/// <summary>"Tell me of this."</summary>
/// <param name="Url">Where: an absolute https address with a host name.</param>
/// <param name="Topics">Of what: topics such as <c>order.completed</c>, or <c>order.*</c>, <c>delivery.*</c>.</param>
public sealed record EndpointRequest(
    [property: Required, MinLength(1), MaxLength(EndpointUrl.MaxLength), Url] string? Url,
    [property: Required, MinLength(1), MerchantTopics] IReadOnlyList<string>? Topics
) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults()
    {
        if (Topics is not { Count: > 0 })
        {
            yield return new("#/topics", "TOPICS_MISSING", $"topics lists at least one of {All}.");
        }

        foreach (var (topic, index) in (Topics ?? []).Select((topic, index) => (topic, index)))
        {
            if (!Database.Messaging.Topics.ForMerchants.Contains(topic))
            {
                yield return new($"#/topics/{index}", "UNKNOWN_TOPIC", $"A topic is one of {All}.");
            }
        }
    }

    private static string All => string.Join(", ", Database.Messaging.Topics.ForMerchants);
}

/// <summary>"Sign with another secret."</summary>
/// <param name="OverlapHours">How long the secret before signs too: 0 to 168; 24 when it is not said.</param>
public sealed record RotateRequest([property: Range(0, RotateRequest.MaxHours)] int? OverlapHours = null) : ICheckedBody
{
    internal const int DefaultHours = 24;
    internal const int MaxHours = 168;

    IEnumerable<Fault> ICheckedBody.Faults() =>
        OverlapHours is null or (>= 0 and <= MaxHours)
            ? []
            : [new Fault("#/overlapHours", "OUT_OF_RANGE", $"overlapHours is 0 to {MaxHours}, not {OverlapHours}.")];
}

/// <summary>"Tell me again."</summary>
/// <param name="EventId">Of this event; or</param>
/// <param name="Since">of all that happened since.</param>
public sealed record ResendRequest(Guid? EventId = null, DateTimeOffset? Since = null) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        EventId is null != Since is null ? [] : [new Fault("#", "ONE_OF_TWO", "Say either eventId or since.")];
}

/// <summary>A merchant's address that is told of what is published.</summary>
/// <param name="EndpointId">Its id.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Topics">What it is told of.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="OldSecretTill">Until when the secret before the last rotation signs too; absent when it does not.</param>
/// <param name="PausedAt">Since when nothing is sent; absent when it is.</param>
/// <param name="PauseReason">Why not.</param>
/// <param name="Waiting">How many events wait to be taken, up to a thousand.</param>
/// <param name="Secret">Signs what is sent: <c>whsec_</c> and 32 bytes in base64. Shown when it is made, and never again.</param>
public sealed record EndpointResponse(
    Guid EndpointId,
    string Owner,
    string Url,
    IReadOnlyList<string> Topics,
    DateTime CreatedAt,
    DateTime? OldSecretTill,
    DateTime? PausedAt,
    string? PauseReason,
    int Waiting,
    string? Secret
)
{
    internal static EndpointResponse Of(StoredEndpoint stored, byte[]? secret = null) =>
        new(
            stored.EndpointId,
            stored.Owner,
            stored.Url,
            stored.Topics.Split(' '),
            stored.CreatedAt,
            stored.OldSecretTill,
            stored.PausedAt,
            stored.PauseReason,
            stored.Waiting,
            secret is null ? null : $"whsec_{Convert.ToBase64String(secret)}"
        );
}

/// <summary>What became of telling an endpoint of an event.</summary>
/// <param name="EventId">The event: the header <c>webhook-id</c>.</param>
/// <param name="Topic">What happened.</param>
/// <param name="OrderId">Which order it is about.</param>
/// <param name="State">WAITING, or DELIVERED: taken with a 2xx.</param>
/// <param name="Tries">How often it was sent since it was last asked for.</param>
/// <param name="RecordedAt">Since when it is to be sent.</param>
/// <param name="NextTryAt">When it is sent next, unless the endpoint is paused; absent when it was taken.</param>
/// <param name="Answered">The last answer's status; absent when there was none.</param>
/// <param name="Detail">The beginning of the last answer, or why there was none.</param>
/// <param name="TookMs">How long the last answer took, in milliseconds.</param>
/// <param name="DeliveredAt">When it was taken.</param>
public sealed record WebhookResponse(
    Guid EventId,
    string Topic,
    Guid OrderId,
    [property: AllowedValues("WAITING", "DELIVERED")] string State,
    int Tries,
    DateTime RecordedAt,
    DateTime? NextTryAt,
    int? Answered,
    string? Detail,
    int? TookMs,
    DateTime? DeliveredAt
)
{
    internal static WebhookResponse Of(StoredWebhook stored) =>
        new(
            stored.EventId,
            stored.Topic,
            stored.OrderId,
            stored.State,
            stored.Tries,
            stored.RecordedAt,
            stored.NextTryAt,
            stored.Answered,
            stored.Detail,
            stored.TookMs,
            stored.DeliveredAt
        );
}

/// <summary>Of how many events the endpoint is told again.</summary>
public sealed record ResendResponse(int Events);
