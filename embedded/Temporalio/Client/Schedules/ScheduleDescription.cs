using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client.Schedules;

/// <summary>A schedule in full.</summary>
public class ScheduleDescription
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> memo;
    private readonly Lazy<SearchAttributeCollection> searchAttributes;

    /// <summary>From the wire.</summary>
    protected internal ScheduleDescription(
        string id, Schedule schedule, DescribeScheduleResponse rawDescription, DataConverter dataConverter)
    {
        Id = id;
        Schedule = schedule;
        Info = ScheduleInfo.FromProto(rawDescription.Info ?? new());
        RawDescription = rawDescription;
        memo = new(() => (rawDescription.Memo?.Fields ?? []).ToDictionary(
            each => each.Key, IEncodedRawValue (each) => new EncodedRawValue(dataConverter, each.Value)));
        searchAttributes = new(() => rawDescription.SearchAttributes is { } received
            ? SearchAttributeCollection.FromProto(received)
            : SearchAttributeCollection.Empty);
    }

    /// <summary>Its id.</summary>
    public string Id { get; private init; }

    /// <summary>What it has done and will do.</summary>
    public ScheduleInfo Info { get; private init; }

    /// <summary>Values to show with it.</summary>
    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => memo.Value;

    /// <summary>The schedule; arguments, memo and headers of its action are <see cref="IEncodedRawValue" />.</summary>
    public Schedule Schedule { get; private init; }

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection TypedSearchAttributes => searchAttributes.Value;

    internal DescribeScheduleResponse RawDescription { get; private init; }

    internal static async Task<ScheduleDescription> FromProtoAsync(
        string id, DescribeScheduleResponse proto, string clientNamespace, DataConverter converter) =>
        new(id, await Schedule.FromProtoAsync(proto.Schedule, clientNamespace, converter).ConfigureAwait(false), proto, converter);
}
