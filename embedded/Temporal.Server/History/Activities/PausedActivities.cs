using System.Text.Json;
using Google.Protobuf;
using Temporal.Server.History.State;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.Activities;

/// <summary>How lists find runs with paused activities: a search attribute that names the activities' types.</summary>
internal static class PausedActivities
{
    private const string Attribute = "TemporalPauseInfo";

    /// <summary>What stands for paused activities of a type.</summary>
    public static string MarkOf(string type) => $"property:activityType={type}";

    /// <summary>Search attributes with the run's paused activities, if there are any.</summary>
    public static SearchAttributes Mark(RunState state, SearchAttributes attributes)
    {
        SortedSet<string>? types = null;
        foreach (var activity in state.Activities.Values)
        {
            if (activity.Pause is not null)
            {
                (types ??= new SortedSet<string>(StringComparer.Ordinal)).Add(MarkOf(activity.Attributes.ActivityType.Name));
            }
        }

        if (types is null || !state.IsOpen)
        {
            return attributes;
        }

        var marked = attributes.Clone();
        marked.IndexedFields[Attribute] = new Payload
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8("KeywordList") },
            Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(types)),
        };
        return marked;
    }
}
