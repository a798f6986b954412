using System.Buffers.Binary;
using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.Namespaces;
using Temporal.Server.Rpc;
using Temporal.Server.Schedules;
using Temporal.Server.Schedules.Spec;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Creates, changes and deletes schedules.</summary>
internal sealed class ScheduleHandlers(HistoryEngine engine, ScheduleService schedules)
{
    /// <summary>Creates a schedule, once per request id.</summary>
    public async Task<CreateScheduleResponse> CreateAsync(CreateScheduleRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var key = ScheduleDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.ScheduleId, "ScheduleId"));
        var (schedule, _) = Check(space, key, request.Schedule);
        var attributes = request.SearchAttributes is null ? null : SearchAttributeRules.Check(space, request.SearchAttributes);
        Requests.LimitMemo(engine.Limits, request.Memo);
        Check(request.InitialPatch);
        var requestId = request.RequestId.Length > 0 ? request.RequestId : RunIds.New();
        var (entry, record, isNew) = await schedules
            .Directory.CreateAsync(
                key,
                now =>
                {
                    var change = new ScheduleChange(
                        ScheduleEdits.New(request.ScheduleId, schedule, request.Memo, attributes, requestId, now),
                        times: null,
                        now
                    );
                    change.Patch(request.InitialPatch ?? new SchedulePatch());
                    return change.Record;
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        if (!isNew && record.CreateRequestId != requestId)
        {
            throw new RpcException(
                StatusCode.AlreadyExists,
                $"schedule \"{request.ScheduleId}\" is already registered",
                new WorkflowExecutionAlreadyStartedFailure { StartRequestId = record.CreateRequestId }
            );
        }

        schedules.Call(entry);
        return new CreateScheduleResponse { ConflictToken = ConflictToken(record.ConflictToken) };
    }

    /// <summary>Replaces a schedule.</summary>
    public async Task<UpdateScheduleResponse> UpdateAsync(UpdateScheduleRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var key = ScheduleDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.ScheduleId, "ScheduleId"));
        var (schedule, times) = Check(space, key, request.Schedule);
        var attributes = request.SearchAttributes is null ? null : SearchAttributeRules.Check(space, request.SearchAttributes);
        Requests.LimitMemo(engine.Limits, request.Memo);
        await schedules
            .ChangeAsync(
                key,
                change =>
                {
                    if (!change.TryTakeRequest(request.RequestId))
                    {
                        return;
                    }

                    if (!request.ConflictToken.IsEmpty && request.ConflictToken != ConflictToken(change.Record.ConflictToken))
                    {
                        throw RpcException.FailedPrecondition("mismatched conflict token");
                    }

                    change.BufferDue();
                    change.Update(schedule, times, request.Memo, attributes);
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new UpdateScheduleResponse();
    }

    /// <summary>Pauses, unpauses, triggers or backfills a schedule.</summary>
    public async Task<PatchScheduleResponse> PatchAsync(PatchScheduleRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var key = ScheduleDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.ScheduleId, "ScheduleId"));
        var patch = request.Patch ?? throw RpcException.InvalidArgument("Patch is not set on request.");
        Check(patch);
        await schedules
            .ChangeAsync(
                key,
                change =>
                {
                    if (change.TryTakeRequest(request.RequestId))
                    {
                        change.BufferDue();
                        change.Patch(patch);
                    }
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new PatchScheduleResponse();
    }

    /// <summary>Deletes a schedule; the workflows that it has started go on.</summary>
    public async Task<DeleteScheduleResponse> DeleteAsync(DeleteScheduleRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var key = ScheduleDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.ScheduleId, "ScheduleId"));
        await schedules.DeleteAsync(key, context.CancellationToken).ConfigureAwait(false);
        return new DeleteScheduleResponse();
    }

    /// <summary>The conflict token as clients get and return it.</summary>
    public static ByteString ConflictToken(long token)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, token);
        return ByteString.CopyFrom(bytes);
    }

    // The schedule with its spec in canonical form, and what that comes to.
    private (Schedule Schedule, ScheduleTimes Times) Check(NamespaceRecord space, RecordKey key, Schedule? schedule)
    {
        var canonical = schedule?.Clone() ?? throw RpcException.InvalidArgument("Schedule is not set on request.");
        Requests.RequireNotNegative(canonical.Policies?.CatchupWindow, "CatchupWindow");
        Requests.RequireNotNegative(canonical.Spec?.Jitter, "Jitter");
        if (canonical.State?.Notes.Length > ScheduleLimits.NoteLength)
        {
            throw RpcException.InvalidArgument("Notes length exceeds limit.");
        }

        CheckAction(space, canonical.Action);
        if (canonical.Action?.StartWorkflow is { SearchAttributes: { } attributes } start)
        {
            // Whoever describes the schedule is told their types, as of a workflow's.
            start.SearchAttributes = SearchAttributeRules.Check(space, attributes);
        }

        try
        {
            canonical.Spec = CanonicalSpec.Of(canonical.Spec);
            var times = new ScheduleTimes(canonical.Spec, ScheduleEntry.SeedOf(key));
            times.Check();
            return (canonical, times);
        }
        catch (ScheduleSpecException error)
        {
            throw RpcException.InvalidArgument($"Invalid schedule spec: {error.Message}");
        }
    }

    private void CheckAction(NamespaceRecord space, ScheduleAction? action)
    {
        if (action?.StartWorkflow is not { } start)
        {
            return;
        }

        if (start.CronSchedule.Length > 0)
        {
            throw RpcException.InvalidArgument("Invalid StartWorkflow action: Scheduled workflow must not contain CronSchedule");
        }

        if (start.WorkflowIdReusePolicy is not (WorkflowIdReusePolicy.Unspecified or WorkflowIdReusePolicy.AllowDuplicate))
        {
            throw RpcException.InvalidArgument(
                "Invalid StartWorkflow action: ScheduleAction only supports WorkflowIdReusePolicy unspecified or AllowDuplicate"
            );
        }

        // As each start will be checked; the id leaves room for the time that is appended.
        const string LongestSuffix = "-2009-11-10T23:00:00Z";
        StartRequests.Plan(
            engine.Limits,
            space,
            new StartWorkflowExecutionRequest
            {
                WorkflowId = start.WorkflowId.Length > 0 ? start.WorkflowId + LongestSuffix : "",
                WorkflowType = start.WorkflowType,
                TaskQueue = start.TaskQueue,
                Input = start.Input,
                WorkflowExecutionTimeout = start.WorkflowExecutionTimeout,
                WorkflowRunTimeout = start.WorkflowRunTimeout,
                WorkflowTaskTimeout = start.WorkflowTaskTimeout,
                RetryPolicy = start.RetryPolicy,
                SearchAttributes = start.SearchAttributes,
            }
        );
    }

    private static void Check(SchedulePatch? patch)
    {
        if (patch?.Pause.Length > ScheduleLimits.NoteLength || patch?.Unpause.Length > ScheduleLimits.NoteLength)
        {
            throw RpcException.InvalidArgument("Pause and unpause messages' length exceeds limit.");
        }

        foreach (var backfill in patch?.BackfillRequest ?? [])
        {
            if (backfill.StartTime is null || backfill.EndTime is null)
            {
                throw RpcException.InvalidArgument("A backfill needs StartTime and EndTime.");
            }
        }
    }
}
