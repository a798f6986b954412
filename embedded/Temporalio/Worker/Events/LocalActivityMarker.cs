using System.Text.Json;
using System.Text.Json.Serialization;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Events;

/// <summary>The marker of a finished local activity, in the format of sdk-core: <c>core_local_activity</c>.</summary>
internal sealed record LocalActivityMarker
{
    private const string Name = "core_local_activity";
    private const string DataKey = "data";
    private const string ResultKey = "result";

    [JsonPropertyName("seq")]
    public uint Seq { get; init; }

    [JsonPropertyName("attempt")]
    public uint Attempt { get; init; }

    [JsonPropertyName("activity_id")]
    public string ActivityId { get; init; } = string.Empty;

    [JsonPropertyName("activity_type")]
    public string ActivityType { get; init; } = string.Empty;

    /// <summary>Gets the workflow's time at which it finished.</summary>
    [JsonPropertyName("complete_time")]
    public MarkerInstant? CompleteTime { get; init; }

    /// <summary>Gets the delay after which it is to be tried again, as a new local activity.</summary>
    [JsonPropertyName("backoff")]
    public MarkerInstant? Backoff { get; init; }

    [JsonPropertyName("original_schedule_time")]
    public MarkerInstant? OriginalScheduleTime { get; init; }

    [JsonIgnore]
    public Payload? Result { get; init; }

    [JsonIgnore]
    public Failure? Failure { get; init; }

    internal static bool TryRead(HistoryEvent e, out LocalActivityMarker marker)
    {
        marker = null!;
        if (e.MarkerRecordedEventAttributes is not { MarkerName: Name } attributes ||
            MarkerPayload.Single(attributes, DataKey) is not { } data)
        {
            return false;
        }
        marker = JsonSerializer.Deserialize<LocalActivityMarker>(data.Data.Span)! with
        {
            Result = MarkerPayload.Single(attributes, ResultKey),
            Failure = attributes.Failure,
        };
        return true;
    }

    internal Command ToCommand(Api.Sdk.V1.UserMetadata? metadata)
    {
        var attributes = new RecordMarkerCommandAttributes
        {
            MarkerName = Name,
            Details = { [DataKey] = new Payloads { Payloads_ = { MarkerPayload.Json(this) } } },
            Failure = Failure,
        };
        if (Result != null)
        {
            attributes.Details[ResultKey] = new Payloads { Payloads_ = { Result } };
        }
        return new()
        {
            CommandType = Api.Enums.V1.CommandType.RecordMarker,
            RecordMarkerCommandAttributes = attributes,
            UserMetadata = metadata,
        };
    }
}

/// <summary>A time or duration as sdk-core writes it in markers.</summary>
/// <param name="Seconds">Seconds, since the Unix epoch for a time.</param>
/// <param name="Nanos">Nanoseconds of the second.</param>
internal sealed record MarkerInstant(
    [property: JsonPropertyName("seconds")] long Seconds,
    [property: JsonPropertyName("nanos")] int Nanos)
{
    internal static MarkerInstant From(DateTime utc) => From(utc - DateTime.UnixEpoch);

    internal static MarkerInstant From(TimeSpan span) => new(
        span.Ticks / TimeSpan.TicksPerSecond,
        (int)(span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));

    internal DateTime ToUtc() => DateTime.UnixEpoch + ToSpan();

    internal TimeSpan ToSpan() => new((Seconds * TimeSpan.TicksPerSecond) + (Nanos / TimeSpan.NanosecondsPerTick));
}
