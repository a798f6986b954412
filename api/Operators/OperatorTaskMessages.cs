using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Database.Operators;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Api.Operators;

/// <summary>"I work on it."</summary>
/// <param name="Minutes">For how long nobody else does: 1 to 480; 30 when it is not said.</param>
/// <param name="Reason">Anything that others should know.</param>
public sealed record ClaimRequest([property: Range(1, ClaimRequest.MaxMinutes)] int? Minutes = null, string? Reason = null) : ICheckedBody
{
    internal const int DefaultMinutes = 30;
    internal const int MaxMinutes = 480;

    IEnumerable<Fault> ICheckedBody.Faults() =>
        Minutes is null or (>= 1 and <= MaxMinutes)
            ? []
            : [new Fault("#/minutes", "OUT_OF_RANGE", $"minutes is 1 to {MaxMinutes}, not {Minutes}.")];
}

/// <summary>"I do not work on it any more."</summary>
/// <param name="Reason">Anything that others should know.</param>
public sealed record ReleaseRequest(string? Reason = null);

/// <summary>Something that others should know.</summary>
/// <param name="Text">The note. It stays as it is.</param>
public sealed record NoteRequest([property: NotBlank] string? Text) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        string.IsNullOrWhiteSpace(Text) ? [new Fault("#/text", "TEXT_MISSING", "A note says something.")] : [];
}

/// <summary>"It is settled."</summary>
/// <param name="Resolution">How; which are possible is said by the task.</param>
/// <param name="Reason">What was done, or why nothing.</param>
public sealed record ResolveRequest(
    [property: Required, OneOf<OperatorTaskResolution>] string? Resolution,
    [property: NotBlank] string? Reason
) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        [
            .. OneOf.Faults<OperatorTaskResolution>(Resolution, "resolution", "#/resolution", "UNKNOWN_RESOLUTION"),
            .. ReasonRequest.Missing(Reason),
        ];
}

/// <summary>What a human must do because the system could not.</summary>
/// <param name="TaskId">Its id.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Occurrence">The how many-th time it is that the same thing has happened.</param>
/// <param name="OrderId">The order concerned; absent when it is about no single one.</param>
/// <param name="DeliveryOrderId">The delivery order concerned, when it is about one.</param>
/// <param name="Detail">What happened.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ClaimedBy">The operator who works on it; absent when nobody does.</param>
/// <param name="ClaimedTill">Until when.</param>
/// <param name="ClosedAt">When it was closed; absent while it is open.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="Resolution">How, by an operator's word; absent when what opened it has closed it.</param>
/// <param name="Reason">Why it is closed.</param>
/// <param name="Version">Grows with every change: the ETag.</param>
/// <param name="Resolutions">What it may be resolved with.</param>
/// <param name="DecideBy">The call that decides it, and closes it, while its workflow runs; absent when there is none but
/// <c>resolve</c>.</param>
/// <param name="History">Everything that happened to it, oldest first; in lists absent.</param>
public sealed record OperatorTaskResponse(
    Guid TaskId,
    OperatorTaskKind Kind,
    int Occurrence,
    Guid? OrderId,
    Guid? DeliveryOrderId,
    string Detail,
    DateTime OpenedAt,
    Actor? ClaimedBy,
    DateTime? ClaimedTill,
    DateTime? ClosedAt,
    Actor? ClosedBy,
    OperatorTaskResolution? Resolution,
    string? Reason,
    int Version,
    IReadOnlyList<OperatorTaskResolution> Resolutions,
    string? DecideBy,
    IReadOnlyList<OperatorTaskEventResponse>? History
)
{
    internal static OperatorTaskResponse Of(StoredTask task, IReadOnlyList<TaskEvent>? history = null)
    {
        var kind = WireNames.Parse<OperatorTaskKind>(task.Kind);
        return new(
            task.TaskId,
            kind,
            task.Occurrence,
            task.OrderId,
            task.DeliveryOrderId,
            task.Detail,
            task.OpenedAt,
            task.ClaimedBy is null ? null : Actor.Parse(task.ClaimedBy),
            task.ClaimedTill,
            task.ClosedAt,
            task.ClosedBy is null ? null : Actor.Parse(task.ClosedBy),
            task.Resolution is null ? null : WireNames.Parse<OperatorTaskResolution>(task.Resolution),
            task.Reason,
            task.Version,
            kind.Resolutions(),
            TaskWorkflow.Of(task)?.Call,
            history?.Select(entry => new OperatorTaskEventResponse(entry.Event, Actor.Parse(entry.Actor), entry.Text, entry.At)).ToList()
        );
    }
}

/// <summary>Something that happened to a task.</summary>
/// <param name="Event">OPENED, AGAIN (it happened again while the task was open), CLAIMED, RELEASED, NOTED or CLOSED.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Text">The note, or why.</param>
/// <param name="At">When.</param>
public sealed record OperatorTaskEventResponse(
    [property: AllowedValues("OPENED", "AGAIN", "CLAIMED", "RELEASED", "NOTED", "CLOSED")] string Event,
    Actor Actor,
    string? Text,
    DateTime At
);
