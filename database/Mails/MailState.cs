using System.Text.Json.Serialization;

namespace TemporalDelivery.Database.Mails;

/// <summary>What has become of a mail.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MailState>))]
public enum MailState
{
    /// <summary>It is to be sent.</summary>
    [JsonStringEnumMemberName("WAITING")]
    Waiting,

    /// <summary>The mail server has taken it.</summary>
    [JsonStringEnumMemberName("SENT")]
    Sent,

    /// <summary>The mail server knows no such address.</summary>
    [JsonStringEnumMemberName("BOUNCED")]
    Bounced,

    /// <summary>It was not tried, because an earlier mail to this address has bounced.</summary>
    [JsonStringEnumMemberName("SUPPRESSED")]
    Suppressed,

    /// <summary>It was tried for a day.</summary>
    [JsonStringEnumMemberName("GIVEN_UP")]
    GivenUp,
}
