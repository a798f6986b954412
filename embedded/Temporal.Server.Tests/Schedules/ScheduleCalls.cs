using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Schedules;

/// <summary>What clients ask about schedules, short, on a server whose clock the test moves.</summary>
internal static class ScheduleCalls
{
    /// <summary>A schedule that starts a workflow every hour.</summary>
    public static Schedule Hourly(Action<Schedule>? change = null)
    {
        var schedule = new Schedule
        {
            Spec = new ScheduleSpec { Interval = { new IntervalSpec { Interval = Seconds(3600) } } },
            Action = new ScheduleAction
            {
                StartWorkflow = new NewWorkflowExecutionInfo
                {
                    WorkflowId = "scheduled",
                    WorkflowType = new WorkflowType { Name = "Type" },
                    TaskQueue = EngineHost.Queue("tq"),
                    Input = Text("input"),
                },
            },
            Policies = new SchedulePolicies(),
            State = new ScheduleState(),
        };
        change?.Invoke(schedule);
        return schedule;
    }

    public static Schedule HourlyWith(ScheduleOverlapPolicy policy) => Hourly(schedule => schedule.Policies.OverlapPolicy = policy);

    public static Task<CreateScheduleResponse> CreateScheduleAsync(
        this EngineHost server,
        string id,
        Schedule schedule,
        Action<CreateScheduleRequest>? change = null
    )
    {
        var request = new CreateScheduleRequest
        {
            Namespace = "default",
            ScheduleId = id,
            Schedule = schedule,
            RequestId = Guid.NewGuid().ToString(),
        };
        change?.Invoke(request);
        return server.CallAsync<CreateScheduleResponse>(request);
    }

    public static Task<DescribeScheduleResponse> DescribeScheduleAsync(this EngineHost server, string id = "s") =>
        server.CallAsync<DescribeScheduleResponse>(new DescribeScheduleRequest { Namespace = "default", ScheduleId = id });

    public static Task<UpdateScheduleResponse> UpdateScheduleAsync(
        this EngineHost server,
        string id,
        Schedule schedule,
        Action<UpdateScheduleRequest>? change = null
    )
    {
        var request = new UpdateScheduleRequest
        {
            Namespace = "default",
            ScheduleId = id,
            Schedule = schedule,
            RequestId = Guid.NewGuid().ToString(),
        };
        change?.Invoke(request);
        return server.CallAsync<UpdateScheduleResponse>(request);
    }

    public static Task<PatchScheduleResponse> PatchScheduleAsync(
        this EngineHost server,
        string id,
        SchedulePatch patch,
        string? requestId = null
    ) =>
        server.CallAsync<PatchScheduleResponse>(
            new PatchScheduleRequest
            {
                Namespace = "default",
                ScheduleId = id,
                Patch = patch,
                RequestId = requestId ?? Guid.NewGuid().ToString(),
            }
        );

    /// <summary>Moves the clock to the next full hour, and a little.</summary>
    public static DateTimeOffset AdvanceToNextHour(this EngineHost server)
    {
        var hour = DateTimeOffset.FromUnixTimeSeconds((server.Clock.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) + 3600);
        server.Clock.AdvanceTo(hour.AddMilliseconds(1));
        return hour;
    }

    /// <summary>Describes the schedule again and again until what is awaited is so.</summary>
    public static async Task<DescribeScheduleResponse> UntilAsync(
        this EngineHost server,
        Func<DescribeScheduleResponse, bool> isSo,
        string id = "s"
    )
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var description = await server.DescribeScheduleAsync(id);
            if (isSo(description))
            {
                return description;
            }

            await Task.Yield();
        }
    }

    public static Task<DescribeScheduleResponse> UntilActionsAsync(this EngineHost server, long count, string id = "s") =>
        server.UntilAsync(description => description.Info.ActionCount == count, id);

    public static Timestamp At(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    public static string IdAt(DateTimeOffset time) => $"scheduled-{time:yyyy-MM-dd'T'HH:mm:ss'Z'}";

    public static ByteString TokenOf(DescribeScheduleResponse description) => description.ConflictToken;
}
