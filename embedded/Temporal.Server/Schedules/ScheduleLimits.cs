namespace Temporal.Server.Schedules;

/// <summary>Temporal's limits and defaults of schedules.</summary>
internal static class ScheduleLimits
{
    /// <summary>How late an action may be taken unless the schedule says otherwise.</summary>
    public static readonly TimeSpan DefaultCatchupWindow = TimeSpan.FromDays(365);

    /// <summary>The shortest catch-up window.</summary>
    public static readonly TimeSpan ShortestCatchupWindow = TimeSpan.FromSeconds(10);

    /// <summary>Starts that may wait for the policies; what comes on top is dropped and counted.</summary>
    public const int BufferedStarts = 1000;

    /// <summary>Times that one step passes over, so that none takes long.</summary>
    public const int TimesPerStep = 50_000;

    /// <summary>Due times, not acted at yet, that a description passes over one by one.</summary>
    public const int TimesBehind = 1000;

    /// <summary>Backfills that may wait.</summary>
    public const int Backfills = 1000;

    /// <summary>Backfilled starts considered in one step, so that due ones get their turn.</summary>
    public const int BackfillsPerStep = 100;

    /// <summary>Actions remembered.</summary>
    public const int RecentActions = 10;

    /// <summary>Coming times in a description.</summary>
    public const int FutureActions = 10;

    /// <summary>Recent actions, and coming times, in a line of a list.</summary>
    public const int ActionsInList = 5;

    /// <summary>Times that one question for matching times returns.</summary>
    public const int MatchingTimes = 1000;

    /// <summary>Update and patch requests remembered, so that a repeated one changes nothing.</summary>
    public const int RememberedRequests = 50;

    /// <summary>Characters of a note.</summary>
    public const int NoteLength = 1000;
}
