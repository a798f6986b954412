namespace Temporalio.Client.Schedules;

/// <summary>Whether a schedule is paused, and how many actions are left.</summary>
public record ScheduleState
{
    /// <summary>Note for people, for example why it is paused.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool Paused { get; init; }

    /// <summary>Whether the number of actions is limited to <see cref="RemainingActions" />.</summary>
    public bool LimitedActions { get; init; }

    /// <summary>Actions left where they are limited; at zero none is due any more.</summary>
    public long RemainingActions { get; init; }

    internal static ScheduleState FromProto(Api.Schedule.V1.ScheduleState proto) => new()
    {
        Note = proto.Notes.Length == 0 ? null : proto.Notes,
        Paused = proto.Paused,
        LimitedActions = proto.LimitedActions,
        RemainingActions = proto.RemainingActions,
    };

    internal Api.Schedule.V1.ScheduleState ToProto() => new()
    {
        Notes = Note ?? string.Empty,
        Paused = Paused,
        LimitedActions = LimitedActions,
        RemainingActions = RemainingActions,
    };
}
