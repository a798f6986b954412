using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Resets;

/// <summary>What a reset is to do, whoever asks for it: a client or a batch.</summary>
internal sealed record ResetPlan
{
    /// <summary>The event that the copy ends before: where a workflow task was completed, failed, timed out or started.</summary>
    public required long WorkflowTaskFinishEventId { get; init; }

    /// <summary>Makes the reset idempotent.</summary>
    public required string RequestId { get; init; }

    /// <summary>Why, for people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What is not carried over from after the reset point.</summary>
    public IReadOnlySet<ResetReapplyExcludeType> Exclude { get; init; } = new HashSet<ResetReapplyExcludeType>();

    /// <summary>What else to do with the new run before its workflow task, after everything was carried over.</summary>
    public Action<Transition>? AfterReapply { get; init; }

    /// <summary>What is not carried over, from the two ways in which requests say it.</summary>
    /// <param name="excluded">The kinds named.</param>
    /// <param name="reapplyType">The older field: the kinds to keep.</param>
    public static IReadOnlySet<ResetReapplyExcludeType> Excluded(
        IEnumerable<ResetReapplyExcludeType> excluded,
        ResetReapplyType reapplyType
    )
    {
        var all = excluded.ToHashSet();
        if (reapplyType is ResetReapplyType.Signal or ResetReapplyType.None)
        {
            all.Add(ResetReapplyExcludeType.Update);
        }

        if (reapplyType == ResetReapplyType.None)
        {
            all.Add(ResetReapplyExcludeType.Signal);
        }

        return all;
    }
}
