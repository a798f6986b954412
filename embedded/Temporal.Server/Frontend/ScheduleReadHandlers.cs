using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules;
using Temporal.Server.Schedules.Records;
using Temporal.Server.Schedules.Spec;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Describes, lists and counts schedules.</summary>
internal sealed class ScheduleReadHandlers(HistoryEngine engine, ScheduleService schedules)
{
    private const int DefaultPageSize = 100;
    private const int LargestPageSize = 1000;
    private const string ScheduleId = "ScheduleId";
    private const string Paused = "TemporalSchedulePaused";

    /// <summary>Describes a schedule.</summary>
    public async Task<DescribeScheduleResponse> DescribeAsync(DescribeScheduleRequest request, RpcContext context)
    {
        var key = KeyOf(request.Namespace, request.ScheduleId);
        var (record, _, times, problem) = await schedules.ReadActedAsync(key, context.CancellationToken).ConfigureAwait(false);
        var info = record.Info.Clone();
        info.BufferSize = record.Buffered.Count;
        info.StateSizeBytes = record.ToByteArray().Length;
        info.InvalidScheduleError = problem;
        info.FutureActionTimes.AddRange(Future(record, times, ScheduleLimits.FutureActions));
        return new DescribeScheduleResponse
        {
            Schedule = record.Schedule,
            Info = info,
            Memo = record.Memo,
            SearchAttributes = record.SearchAttributes,
            ConflictToken = ScheduleHandlers.ConflictToken(record.ConflictToken),
        };
    }

    /// <summary>The times of a schedule within a range, whether it acts at them or not.</summary>
    public Task<ListScheduleMatchingTimesResponse> ListMatchingTimesAsync(ListScheduleMatchingTimesRequest request, RpcContext context)
    {
        var schedule = Read(request.Namespace, request.ScheduleId);
        if (request.StartTime is null || request.EndTime is null)
        {
            throw RpcException.InvalidArgument("StartTime and EndTime must be set on request.");
        }

        if (schedule.Times is not { } times)
        {
            throw RpcException.FailedPrecondition($"invalid schedule: {schedule.Problem}");
        }

        var reply = new ListScheduleMatchingTimesResponse();
        var end = request.EndTime.ToDateTimeOffset();
        for (var from = request.StartTime.ToDateTimeOffset(); times.Next(from) is { } next && next.Actual <= end; from = next.Actual)
        {
            reply.StartTime.Add(next.Actual.ToProto());
            if (reply.StartTime.Count == ScheduleLimits.MatchingTimes)
            {
                break;
            }
        }

        return Task.FromResult(reply);
    }

    /// <summary>
    /// Lists the schedules that match a filter over their search attributes, ScheduleId and TemporalSchedulePaused, newest first.
    /// </summary>
    public Task<ListSchedulesResponse> ListAsync(ListSchedulesRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var size = request.MaximumPageSize <= 0 ? DefaultPageSize : Math.Min(request.MaximumPageSize, LargestPageSize);
        var lines = Entries(space).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        var page = VisibilityScan.List(lines.Values.Select(Row), request.Query, Attributes(space), size, request.NextPageToken);
        return Task.FromResult(
            new ListSchedulesResponse
            {
                Schedules = { page.Rows.Select(row => Line(lines[row.Run.WorkflowId])) },
                NextPageToken = page.NextPageToken,
            }
        );
    }

    /// <summary>Counts the schedules that match a filter.</summary>
    public Task<CountSchedulesResponse> CountAsync(CountSchedulesRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var count = VisibilityScan.Count(Entries(space).Select(Row), request.Query, Attributes(space));
        return Task.FromResult(
            new CountSchedulesResponse
            {
                Count = count.Total,
                Groups =
                {
                    count.Groups.Select(group => new CountSchedulesResponse.Types.AggregationGroup
                    {
                        GroupValues = { group.Value },
                        Count = group.Count,
                    }),
                },
            }
        );
    }

    private static Dictionary<string, IndexedValueType> Attributes(NamespaceRecord space) =>
        new(space.SearchAttributes, StringComparer.Ordinal) { [ScheduleId] = IndexedValueType.Keyword };

    private static VisibilityRow Row(ListedSchedule listed)
    {
        var record = listed.Record;
        var attributes = record.SearchAttributes?.Clone() ?? new SearchAttributes();
        attributes.IndexedFields[ScheduleId] = Value(
            System.Text.Json.JsonSerializer.Serialize(record.ScheduleId),
            IndexedValueType.Keyword
        );
        attributes.IndexedFields[Paused] = Value(record.Schedule.State.Paused ? "true" : "false", IndexedValueType.Bool);
        var created = record.Info.CreateTime.ToDateTimeOffset();
        return new VisibilityRow(
            new RunKey(listed.NamespaceId, record.ScheduleId, record.ScheduleId),
            new VisibilityRecord
            {
                WorkflowType = "temporal-sys-scheduler-workflow",
                Status = WorkflowExecutionStatus.Running,
                TaskQueue = "",
                StartTime = created,
                ExecutionTime = created,
                HistoryLength = 0,
                HistorySizeBytes = 0,
                StateTransitionCount = record.ConflictToken,
                FirstRunId = "",
                StartRequestId = "",
                RootWorkflowId = "",
                RootRunId = "",
                SearchAttributes = attributes,
                Memo = record.Memo ?? new Memo(),
            }
        );
    }

    private static Payload Value(string json, IndexedValueType type) =>
        new()
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain"), ["type"] = ByteString.CopyFromUtf8(type.ToString()) },
            Data = ByteString.CopyFromUtf8(json),
        };

    // Each as it is now: it may be changed or deleted while the list is made.
    private IEnumerable<ListedSchedule> Entries(NamespaceRecord space) =>
        schedules
            .Directory.All.Where(entry => entry.Key.NamespaceId == space.Id)
            .Select(entry => entry.Stored)
            .OfType<StoredSchedule>()
            .Select(stored => new ListedSchedule(space.Id, stored.Record, stored.Times));

    private ScheduleListEntry Line(ListedSchedule listed)
    {
        var record = listed.Record;
        return new ScheduleListEntry
        {
            ScheduleId = record.ScheduleId,
            Memo = record.Memo,
            SearchAttributes = record.SearchAttributes,
            Info = new ScheduleListInfo
            {
                Spec = record.Schedule.Spec,
                WorkflowType = record.Schedule.Action.StartWorkflow?.WorkflowType,
                Notes = record.Schedule.State.Notes,
                Paused = record.Schedule.State.Paused,
                RecentActions = { record.Info.RecentActions.TakeLast(ScheduleLimits.ActionsInList) },
                FutureActionTimes = { Future(record, listed.Times, ScheduleLimits.ActionsInList) },
                StateSizeBytes = record.ToByteArray().Length,
            },
        };
    }

    private IEnumerable<Google.Protobuf.WellKnownTypes.Timestamp> Future(ScheduleRecord record, ScheduleTimes? times, int most) =>
        times is null ? [] : record.Future(times, engine.Now, most).Select(time => time.ToProto());

    private StoredSchedule Read(string namespaceName, string scheduleId) => schedules.Directory.Read(KeyOf(namespaceName, scheduleId));

    private RecordKey KeyOf(string namespaceName, string scheduleId) =>
        ScheduleDirectory.KeyOf(engine.Namespaces.Require(namespaceName).Id, Requests.RequireName(engine.Limits, scheduleId, "ScheduleId"));

    private sealed record ListedSchedule(string NamespaceId, ScheduleRecord Record, ScheduleTimes? Times)
    {
        public string Id => Record.ScheduleId;
    }
}
