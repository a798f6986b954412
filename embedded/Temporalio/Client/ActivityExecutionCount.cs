using Temporalio.Api.WorkflowService.V1;
using Temporalio.Common;

namespace Temporalio.Client;

/// <summary>A number of standalone activities, by group where the query groups.</summary>
public class ActivityExecutionCount
{
    /// <summary>From the wire.</summary>
    protected internal ActivityExecutionCount(CountActivityExecutionsResponse raw)
    {
        Count = raw.Count;
        Groups = [.. raw.Groups.Select(each => new AggregationGroup(each))];
    }

    /// <summary>All together; approximate where it groups.</summary>
    public long Count { get; private init; }

    /// <summary>The groups, if the query groups.</summary>
    public IReadOnlyCollection<AggregationGroup> Groups { get; private init; }

    /// <summary>One group.</summary>
    public class AggregationGroup
    {
        /// <summary>From the wire.</summary>
        protected internal AggregationGroup(CountActivityExecutionsResponse.Types.AggregationGroup raw)
        {
            Count = raw.Count;
            GroupValues = [.. raw.GroupValues.Select(SearchAttributePayload.Read).OfType<(object Value, Api.Enums.V1.IndexedValueType Type)>()
                .Select(each => each.Value)];
        }

        /// <summary>Number in the group.</summary>
        public long Count { get; private init; }

        /// <summary>What they have in common.</summary>
        public IReadOnlyCollection<object> GroupValues { get; private init; }
    }
}
