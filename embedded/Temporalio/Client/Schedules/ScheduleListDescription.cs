using Temporalio.Api.Schedule.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule as lists show it.</summary>
public class ScheduleListDescription
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> memo;
    private readonly Lazy<SearchAttributeCollection> searchAttributes;

    /// <summary>From the wire.</summary>
    protected internal ScheduleListDescription(ScheduleListEntry rawEntry, DataConverter dataConverter)
    {
        RawEntry = rawEntry;
        memo = new(() => (rawEntry.Memo?.Fields ?? []).ToDictionary(
            each => each.Key, IEncodedRawValue (each) => new EncodedRawValue(dataConverter, each.Value)));
        searchAttributes = new(() => rawEntry.SearchAttributes is { } received
            ? SearchAttributeCollection.FromProto(received)
            : SearchAttributeCollection.Empty);
        if (rawEntry.Info is { } info)
        {
            Schedule = ScheduleListSchedule.FromProto(info);
            Info = ScheduleListInfo.FromProto(info);
        }
    }

    /// <summary>Its id.</summary>
    public string Id => RawEntry.ScheduleId;

    /// <summary>The schedule; old servers do not tell it.</summary>
    public ScheduleListSchedule? Schedule { get; private init; }

    /// <summary>What it has done and will do; old servers do not tell it.</summary>
    public ScheduleListInfo? Info { get; private init; }

    /// <summary>Values to show with it.</summary>
    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => memo.Value;

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection TypedSearchAttributes => searchAttributes.Value;

    internal ScheduleListEntry RawEntry { get; private init; }
}
