using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.State;

/// <summary>A run's memo after a change.</summary>
internal static class MemoMerge
{
    /// <summary>Merges; a null removes. The result is new.</summary>
    public static Memo Of(Memo memo, Memo upsert)
    {
        var merged = memo.Clone();
        foreach (var (name, value) in upsert.Fields)
        {
            if (PayloadValues.IsNull(value))
            {
                merged.Fields.Remove(name);
            }
            else
            {
                merged.Fields[name] = value;
            }
        }

        return merged;
    }
}
