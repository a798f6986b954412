using Temporalio.Api.Common.V1;

namespace Temporal.Server.History;

/// <summary>How priorities are handed down.</summary>
internal static class Priorities
{
    /// <summary>A priority whose missing parts come from another one; null when neither says anything.</summary>
    public static Priority? Merge(Priority? inherited, Priority? own)
    {
        if (inherited is null || own is null)
        {
            return own ?? inherited;
        }

        return new Priority
        {
            PriorityKey = own.PriorityKey != 0 ? own.PriorityKey : inherited.PriorityKey,
            FairnessKey = own.FairnessKey.Length > 0 ? own.FairnessKey : inherited.FairnessKey,
            FairnessWeight = own.FairnessWeight != 0 ? own.FairnessWeight : inherited.FairnessWeight,
        };
    }
}
