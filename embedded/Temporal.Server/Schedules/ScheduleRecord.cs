using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Schedules.Records;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;

namespace Temporal.Server.Schedules;

/// <summary>All that the server keeps of a schedule.</summary>
internal sealed class ScheduleRecord
{
    /// <summary>Its id.</summary>
    public string ScheduleId { get; init; } = "";

    /// <summary>Tells it from an earlier schedule of the same id; part of the request ids of its starts.</summary>
    public string Incarnation { get; init; } = "";

    /// <summary>With its spec in canonical form and its policies filled in.</summary>
    public Schedule Schedule { get; set; } = new();

    /// <summary>What is counted and listed. The running workflows' run ids are the first of their chains.</summary>
    public ScheduleInfo Info { get; init; } = new();

    /// <summary>The schedule's own memo.</summary>
    public Memo? Memo { get; set; }

    /// <summary>The schedule's own search attributes.</summary>
    public SearchAttributes? SearchAttributes { get; set; }

    /// <summary>One more with each change of the schedule by anybody.</summary>
    public long ConflictToken { get; set; }

    /// <summary>The request that created it.</summary>
    public string CreateRequestId { get; init; } = "";

    /// <summary>The last update and patch requests that were carried out, oldest first.</summary>
    public RepeatedField<string> RequestIds { get; init; } = [];

    /// <summary>Up to here its times have been dealt with.</summary>
    public Timestamp ProcessedUntil { get; set; } = new();

    /// <summary>Due, but waiting for the policies to let them start.</summary>
    public RepeatedField<BufferedStart> Buffered { get; init; } = [];

    /// <summary>Not yet worked off; the start time moves forward.</summary>
    public RepeatedField<BackfillRequest> Backfills { get; init; } = [];

    /// <summary>Decided and written down, but perhaps not yet started.</summary>
    public RepeatedField<PlannedStart> Starting { get; init; } = [];

    /// <summary>How many starts were ever planned.</summary>
    public long PlannedCount { get; set; }

    /// <summary>What its last completed workflow returned.</summary>
    public Payloads? LastCompletionResult { get; set; }

    /// <summary>How its last workflow failed, if no later one completed.</summary>
    public Failure? ContinuedFailure { get; set; }

    /// <summary>Reads what <see cref="ToByteArray"/> wrote.</summary>
    public static ScheduleRecord Parse(ReadOnlySpan<byte> bytes)
    {
        var stored = StoredScheduleRecord.Parser.ParseFrom(bytes);
        return new ScheduleRecord
        {
            ScheduleId = stored.ScheduleId,
            Incarnation = stored.Incarnation,
            Schedule = Schedule.Parser.ParseFrom(stored.Schedule),
            Info = ScheduleInfo.Parser.ParseFrom(stored.Info),
            Memo = stored.HasMemo ? Memo.Parser.ParseFrom(stored.Memo) : null,
            SearchAttributes = stored.HasSearchAttributes ? SearchAttributes.Parser.ParseFrom(stored.SearchAttributes) : null,
            ConflictToken = stored.ConflictToken,
            CreateRequestId = stored.CreateRequestId,
            RequestIds = stored.RequestIds,
            ProcessedUntil = stored.ProcessedUntil,
            Buffered = stored.Buffered,
            Backfills = [.. stored.Backfills.Select(BackfillRequest.Parser.ParseFrom)],
            Starting = stored.Starting,
            PlannedCount = stored.PlannedCount,
            LastCompletionResult = stored.HasLastCompletionResult ? Payloads.Parser.ParseFrom(stored.LastCompletionResult) : null,
            ContinuedFailure = stored.HasContinuedFailure ? Failure.Parser.ParseFrom(stored.ContinuedFailure) : null,
        };
    }

    /// <summary>The record as it is stored.</summary>
    public byte[] ToByteArray()
    {
        var stored = new StoredScheduleRecord
        {
            ScheduleId = ScheduleId,
            Incarnation = Incarnation,
            Schedule = Schedule.ToByteString(),
            Info = Info.ToByteString(),
            ConflictToken = ConflictToken,
            CreateRequestId = CreateRequestId,
            RequestIds = { RequestIds },
            ProcessedUntil = ProcessedUntil,
            Buffered = { Buffered },
            Backfills = { Backfills.Select(backfill => backfill.ToByteString()) },
            Starting = { Starting },
            PlannedCount = PlannedCount,
        };
        if (Memo is { } memo)
        {
            stored.Memo = memo.ToByteString();
        }

        if (SearchAttributes is { } attributes)
        {
            stored.SearchAttributes = attributes.ToByteString();
        }

        if (LastCompletionResult is { } result)
        {
            stored.LastCompletionResult = result.ToByteString();
        }

        if (ContinuedFailure is { } failure)
        {
            stored.ContinuedFailure = failure.ToByteString();
        }

        return stored.ToByteArray();
    }
}
