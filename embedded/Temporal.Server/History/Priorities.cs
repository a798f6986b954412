using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.History;

/// <summary>What priorities may be, and how they are handed down: fairness keys, too, by which this server shares out nothing.</summary>
internal static class Priorities
{
    /// <summary>Refuses a priority that no queue can order by.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(Priority? priority)
    {
        if (priority?.PriorityKey < 0)
        {
            throw RpcException.InvalidArgument("priority key can't be negative");
        }
    }

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
