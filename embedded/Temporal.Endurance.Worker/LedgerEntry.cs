namespace Temporal.Endurance.Worker;

/// <summary>One thing that happened.</summary>
/// <param name="At">When, on this machine's monotonic clock, which its processes share.</param>
/// <param name="Kind">What.</param>
/// <param name="RunId">Of which run.</param>
/// <param name="ActivityId">Of which of its activities.</param>
/// <param name="Step">The activity's place in its run: no step begins before the ones with lower numbers are completed. 0 stands outside
/// that order.</param>
public sealed record LedgerEntry(long At, LedgerEntryKind Kind, string RunId, string ActivityId, int Step);

/// <summary>What an entry says.</summary>
public enum LedgerEntryKind
{
    /// <summary>An attempt of an activity had its effect.</summary>
    Effect,

    /// <summary>The server has acknowledged the activity's completion.</summary>
    Acknowledged,
}
