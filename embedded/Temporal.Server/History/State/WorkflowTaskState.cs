using Temporalio.Api.Enums.V1;

namespace Temporal.Server.History.State;

/// <summary>The run's one pending workflow task. Scheduled until <see cref="StartedEventId"/> is set.</summary>
internal sealed record WorkflowTaskState
{
    /// <summary>Event id of the scheduling; reserved but not in history while <see cref="IsUnwritten"/>.</summary>
    public required long ScheduledEventId { get; set; }

    /// <summary>Event id of the start, 0 while only scheduled.</summary>
    public long StartedEventId { get; set; }

    /// <summary>1 for a first try; grows with failures on a normal queue.</summary>
    public required int Attempt { get; set; }

    /// <summary>When this attempt was scheduled.</summary>
    public required DateTimeOffset ScheduledTime { get; set; }

    /// <summary>When the first of a row of heartbeating tasks was scheduled.</summary>
    public required DateTimeOffset OriginalScheduledTime { get; set; }

    /// <summary>When a worker took it.</summary>
    public DateTimeOffset? StartedTime { get; set; }

    /// <summary>Scheduled on the worker's sticky queue.</summary>
    public bool Sticky { get; set; }

    /// <summary>How long the worker has.</summary>
    public required TimeSpan StartToClose { get; set; }

    /// <summary>Id of the poll that took it.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>Who took it.</summary>
    public string Identity { get; set; } = "";

    /// <summary>History size that the worker was told.</summary>
    public long HistorySizeBytes { get; set; }

    /// <summary>Why the worker was told to continue as new; empty when it was not.</summary>
    public IReadOnlyList<SuggestContinueAsNewReason> ContinueAsNewReasons { get; set; } = [];

    /// <summary>Its events are reserved but not written (attempt above 1).</summary>
    public bool Transient { get; set; }

    /// <summary>
    /// It lives in memory only: its events are reserved but not written, and neither is it. Never modified, only replaced.
    /// </summary>
    public bool Speculative { get; init; }

    /// <summary>Whether history lacks its events.</summary>
    public bool IsUnwritten => Transient || Speculative;

    /// <summary>Whether a worker has it.</summary>
    public bool IsStarted => StartedEventId != 0;
}
