using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;
using static Temporal.Server.Tests.Schedules.ScheduleCalls;

namespace Temporal.Server.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public async Task A_schedule_starts_its_workflow_at_each_of_its_times()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        for (var count = 1; count <= 3; count++)
        {
            var hour = server.AdvanceToNextHour();
            var description = await server.UntilActionsAsync(count);
            var action = description.Info.RecentActions[^1];

            Assert.Equal(IdAt(hour), action.StartWorkflowResult.WorkflowId);
            Assert.Equal(At(hour), action.ScheduleTime);
            Assert.Equal(WorkflowExecutionStatus.Running, action.StartWorkflowStatus);
            Assert.Equal(action.StartWorkflowResult, Assert.Single(description.Info.RunningWorkflows));
            Assert.Equal(At(hour.AddHours(1)), description.Info.FutureActionTimes[0]);
            Assert.Equal(10, description.Info.FutureActionTimes.Count);

            var started = (await server.HistoryAsync(IdAt(hour)))[0].WorkflowExecutionStartedEventAttributes;
            Assert.Equal(Text("input"), started.Input);
            Assert.Equal("\"s\"", started.SearchAttributes.IndexedFields["TemporalScheduledById"].Data.ToStringUtf8());
            Assert.Equal(
                $"\"{hour:yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
                started.SearchAttributes.IndexedFields["TemporalScheduledStartTime"].Data.ToStringUtf8()
            );

            await server.StepAsync(Complete());
            description = await server.UntilAsync(now => now.Info.RunningWorkflows.Count == 0);
            Assert.Equal(WorkflowExecutionStatus.Completed, description.Info.RecentActions[^1].StartWorkflowStatus);
        }
    }

    [Fact]
    public async Task What_the_last_workflow_returned_or_failed_with_is_given_to_the_next()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        server.AdvanceToNextHour();
        await server.StepAsync(Complete());
        await server.UntilAsync(now => now.Info is { ActionCount: 1, RunningWorkflows.Count: 0 });

        var second = server.AdvanceToNextHour();
        await server.StepAsync(Fail("broken"));
        await server.UntilAsync(now => now.Info is { ActionCount: 2, RunningWorkflows.Count: 0 });
        var started = (await server.HistoryAsync(IdAt(second)))[0].WorkflowExecutionStartedEventAttributes;
        Assert.Equal(Text("result"), started.LastCompletionResult);
        Assert.Null(started.ContinuedFailure);

        var third = server.AdvanceToNextHour();
        await server.UntilActionsAsync(3);
        started = (await server.HistoryAsync(IdAt(third)))[0].WorkflowExecutionStartedEventAttributes;
        Assert.Equal(Text("result"), started.LastCompletionResult);
        Assert.Equal("broken", started.ContinuedFailure.Message);
    }

    [Fact]
    public async Task A_chain_of_runs_counts_as_one_workflow_until_its_last_run_ends()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.BufferOne));
        server.AdvanceToNextHour();
        await server.StepAsync(ContinueAsNew());
        server.AdvanceToNextHour();
        await server.UntilAsync(now => now.Info.BufferSize == 1);

        await server.StepAsync(Complete());

        var description = await server.UntilActionsAsync(2);
        Assert.Equal(WorkflowExecutionStatus.Completed, description.Info.RecentActions[0].StartWorkflowStatus);
    }

    [Fact]
    public async Task A_paused_schedule_does_nothing_and_does_not_catch_up_with_its_pause()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.AllowAll));
        await server.PatchScheduleAsync("s", new SchedulePatch { Pause = "not now" });
        var description = await server.DescribeScheduleAsync();
        Assert.True(description.Schedule.State.Paused);
        Assert.Equal("not now", description.Schedule.State.Notes);

        server.AdvanceToNextHour();
        server.AdvanceToNextHour();
        await server.PatchScheduleAsync("s", new SchedulePatch { Unpause = "again" });
        server.AdvanceToNextHour();

        description = await server.UntilActionsAsync(1);
        Assert.False(description.Schedule.State.Paused);
        Assert.Equal("again", description.Schedule.State.Notes);
    }

    [Fact]
    public async Task Limited_actions_are_used_up_one_by_one()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule =>
            {
                schedule.Policies.OverlapPolicy = ScheduleOverlapPolicy.AllowAll;
                schedule.State.LimitedActions = true;
                schedule.State.RemainingActions = 2;
            })
        );
        Assert.Equal(2, (await server.DescribeScheduleAsync()).Info.FutureActionTimes.Count);
        for (var count = 1; count <= 2; count++)
        {
            server.AdvanceToNextHour();
            Assert.Equal(2 - count, (await server.UntilActionsAsync(count)).Schedule.State.RemainingActions);
        }

        server.AdvanceToNextHour();
        await server.PatchScheduleAsync("s", new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() });
        // Triggering by hand is not counted, and shows that the third hour has been dealt with.
        var description = await server.UntilActionsAsync(3);
        Assert.Equal(0, description.Schedule.State.RemainingActions);
        Assert.Empty(description.Info.FutureActionTimes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_pauses_a_schedule_that_wants_that(bool pauses)
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly(schedule => schedule.Policies.PauseOnFailure = pauses));
        var hour = server.AdvanceToNextHour();
        await server.StepAsync(Fail("no luck"));

        var description = await server.UntilAsync(now => now.Info is { ActionCount: 1, RunningWorkflows.Count: 0 });

        Assert.Equal(pauses, description.Schedule.State.Paused);
        Assert.Equal(pauses ? $"paused due to workflow failure: {IdAt(hour)}: no luck" : "", description.Schedule.State.Notes);
    }

    [Fact]
    public async Task A_trigger_starts_now_even_when_paused()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly(schedule => schedule.State.Paused = true), request =>
            request.InitialPatch = new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() }
        );

        var description = await server.UntilActionsAsync(1);

        Assert.StartsWith(
            "scheduled-2",
            Assert.Single(description.Info.RecentActions).StartWorkflowResult.WorkflowId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_backfill_starts_all_times_of_its_range_both_ends_included()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

        await server.PatchScheduleAsync(
            "s",
            new SchedulePatch
            {
                BackfillRequest =
                {
                    new BackfillRequest
                    {
                        StartTime = At(start),
                        EndTime = At(start.AddHours(150)),
                        OverlapPolicy = ScheduleOverlapPolicy.AllowAll,
                    },
                },
            }
        );

        await server.UntilActionsAsync(151);
        Assert.NotEmpty(await server.HistoryAsync(IdAt(start)));
        Assert.NotEmpty(await server.HistoryAsync(IdAt(start.AddHours(150))));
    }

    [Fact]
    public async Task Whoever_has_made_a_schedule_act_sees_that_it_has_acted()
    {
        await using var server = await EngineHost.StartAsync();
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        SchedulePatch Backfill(int from, int to) =>
            new()
            {
                BackfillRequest =
                {
                    new BackfillRequest
                    {
                        StartTime = At(start.AddHours(from)),
                        EndTime = At(start.AddHours(to)),
                        OverlapPolicy = ScheduleOverlapPolicy.AllowAll,
                    },
                },
            };

        await server.CreateScheduleAsync("s", Hourly(), request => request.InitialPatch = Backfill(0, 9));
        Assert.Equal(10, (await server.DescribeScheduleAsync()).Info.ActionCount);
        for (var round = 1; round <= 20; round++)
        {
            await server.PatchScheduleAsync("s", Backfill(10 * round, (10 * round) + 9));
            Assert.Equal(10 + (10 * round), (await server.DescribeScheduleAsync()).Info.ActionCount);
        }
    }

    [Fact]
    public async Task A_backfill_with_a_buffer_goes_on_as_workflows_end()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await server.PatchScheduleAsync(
            "s",
            new SchedulePatch
            {
                BackfillRequest =
                {
                    new BackfillRequest
                    {
                        StartTime = At(start),
                        EndTime = At(start.AddHours(4)),
                        OverlapPolicy = ScheduleOverlapPolicy.BufferAll,
                    },
                },
            }
        );

        for (var count = 1; count <= 5; count++)
        {
            await server.UntilActionsAsync(count);
            Assert.Equal(IdAt(start.AddHours(count - 1)), (await server.StepAsync(Complete())).WorkflowExecution.WorkflowId);
        }

        await server.UntilAsync(now => now.Info is { BufferSize: 0, RunningWorkflows.Count: 0 });
    }

    [Fact]
    public async Task What_is_later_than_the_catchup_window_is_missed_and_counted()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule =>
            {
                schedule.Policies.OverlapPolicy = ScheduleOverlapPolicy.AllowAll;
                schedule.Policies.CatchupWindow = Seconds(2 * 3600);
            })
        );
        var first = server.AdvanceToNextHour();
        await server.UntilActionsAsync(1);

        // As if the server had been away.
        server.Clock.AdvanceTo(first.AddHours(5).AddMinutes(1));

        var description = await server.UntilAsync(now => now.Info.MissedCatchupWindow + now.Info.ActionCount == 6);
        Assert.Equal((3, 3), (description.Info.MissedCatchupWindow, description.Info.ActionCount));
    }

    [Fact]
    public async Task The_original_workflow_id_is_kept_if_wanted()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly(schedule => schedule.Policies.KeepOriginalWorkflowId = true));
        for (var count = 1; count <= 2; count++)
        {
            server.AdvanceToNextHour();
            await server.UntilActionsAsync(count);
            Assert.Equal("scheduled", (await server.StepAsync(Complete())).WorkflowExecution.WorkflowId);
            await server.UntilAsync(now => now.Info.RunningWorkflows.Count == 0);
        }
    }

    [Fact]
    public async Task A_start_that_is_refused_is_dropped_and_the_schedule_goes_on()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.BufferAll));
        await server.StartAsync(IdAt(DateTimeOffset.FromUnixTimeSeconds((server.Clock.UtcNow.ToUnixTimeSeconds() / 3600 * 3600) + 3600)));
        server.AdvanceToNextHour();
        var second = server.AdvanceToNextHour();

        var description = await server.UntilActionsAsync(1);

        Assert.Equal(IdAt(second), Assert.Single(description.Info.RunningWorkflows).WorkflowId);
    }

    [Fact]
    public async Task A_deleted_schedule_starts_nothing_more_and_its_id_is_free()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        await server.CallAsync<DeleteScheduleResponse>(new DeleteScheduleRequest { Namespace = "default", ScheduleId = "s" });
        var hour = server.AdvanceToNextHour();

        var gone = await Assert.ThrowsAsync<RpcException>(() => server.DescribeScheduleAsync());
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
        gone = await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<DeleteScheduleResponse>(new DeleteScheduleRequest { Namespace = "default", ScheduleId = "s" })
        );
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
        await server.CreateScheduleAsync("s", Hourly());
        server.AdvanceToNextHour();
        await server.UntilActionsAsync(1);
        await Assert.ThrowsAsync<RpcException>(() => server.HistoryAsync(IdAt(hour)));
    }

    [Fact]
    public async Task Creating_twice_is_refused_unless_it_is_the_same_request()
    {
        await using var server = await EngineHost.StartAsync();
        var created = await server.CreateScheduleAsync("s", Hourly(), request => request.RequestId = "first");
        var again = await server.CreateScheduleAsync("s", Hourly(), request => request.RequestId = "first");
        Assert.Equal(created.ConflictToken, again.ConflictToken);

        var refused = await Assert.ThrowsAsync<RpcException>(() => server.CreateScheduleAsync("s", Hourly()));

        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
        Assert.IsType<WorkflowExecutionAlreadyStartedFailure>(Assert.Single(refused.Details));
    }

    [Fact]
    public async Task An_update_with_a_stale_conflict_token_is_refused()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        var seen = TokenOf(await server.DescribeScheduleAsync());
        await server.UpdateScheduleAsync("s", Hourly(schedule => schedule.State.Notes = "first"), request => request.ConflictToken = seen);

        var refused = await Assert.ThrowsAsync<RpcException>(() =>
            server.UpdateScheduleAsync("s", Hourly(), request => request.ConflictToken = seen)
        );

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal("first", (await server.DescribeScheduleAsync()).Schedule.State.Notes);
        await server.UpdateScheduleAsync("s", Hourly(schedule => schedule.State.Notes = "without token"));
        Assert.Equal("without token", (await server.DescribeScheduleAsync()).Schedule.State.Notes);
    }

    [Fact]
    public async Task A_repeated_request_changes_nothing()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", HourlyWith(ScheduleOverlapPolicy.AllowAll));
        for (var i = 0; i < 2; i++)
        {
            await server.PatchScheduleAsync(
                "s",
                new SchedulePatch { TriggerImmediately = new TriggerImmediatelyRequest() },
                requestId: "trigger"
            );
            await server.UpdateScheduleAsync("s", Hourly(schedule => schedule.State.Notes = $"update {i}"), request =>
                request.RequestId = "update"
            );
        }

        Assert.Equal("update 0", (await server.UntilActionsAsync(1)).Schedule.State.Notes);
    }

    [Fact]
    public async Task An_update_takes_effect_from_now_on()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly());
        var hour = server.AdvanceToNextHour();
        await server.UntilActionsAsync(1);
        await server.StepAsync(Complete());
        server.Clock.AdvanceTo(hour.AddMinutes(20));

        await server.UpdateScheduleAsync("s", Hourly(schedule => schedule.Spec.Interval[0].Interval = Seconds(600)));

        Assert.Equal(At(hour.AddMinutes(30)), (await server.DescribeScheduleAsync()).Info.FutureActionTimes[0]);
        server.Clock.AdvanceTo(hour.AddMinutes(30).AddMilliseconds(1));
        Assert.Equal(IdAt(hour.AddMinutes(30)), (await server.UntilActionsAsync(2)).Info.RecentActions[^1].StartWorkflowResult.WorkflowId);
    }

    [Fact]
    public async Task A_spec_is_shown_in_its_canonical_form()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule => schedule.Spec = new ScheduleSpec { CronString = { "CRON_TZ=Europe/Berlin 30 9 * * 1-5 # weekdays" } })
        );

        var spec = (await server.DescribeScheduleAsync()).Schedule.Spec;

        Assert.Empty(spec.CronString);
        Assert.Equal("Europe/Berlin", spec.TimezoneName);
        var calendar = Assert.Single(spec.StructuredCalendar);
        Assert.Equal("weekdays", calendar.Comment);
        Assert.Equal(
            new Temporalio.Api.Schedule.V1.Range
            {
                Start = 1,
                End = 5,
                Step = 1,
            },
            Assert.Single(calendar.DayOfWeek)
        );
    }

    [Theory]
    [InlineData("spec")]
    [InlineData("action")]
    [InlineData("policy")]
    [InlineData("id")]
    public async Task A_schedule_that_could_not_work_is_refused(string what)
    {
        await using var server = await EngineHost.StartAsync();
        var schedule = Hourly(schedule =>
        {
            schedule.Spec.CronString.Add(what == "spec" ? "once upon a time" : "@daily");
            schedule.Action.StartWorkflow.TaskQueue.Name = what == "action" ? "" : "tq";
            schedule.Policies.CatchupWindow = Seconds(what == "policy" ? -1 : 60);
        });

        var refused = await Assert.ThrowsAsync<RpcException>(() => server.CreateScheduleAsync(what == "id" ? "" : "s", schedule));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task The_search_attributes_of_the_workflow_to_start_are_described_with_their_types()
    {
        await using var server = await EngineHost.StartAsync();

        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule =>
                schedule.Action.StartWorkflow.SearchAttributes = new SearchAttributes { IndexedFields = { ["Colour"] = Json("red") } }
            )
        );

        var colour = (await server.DescribeScheduleAsync()).Schedule.Action.StartWorkflow.SearchAttributes.IndexedFields["Colour"];
        Assert.Equal("Keyword", colour.Metadata["type"].ToStringUtf8());
    }

    [Fact]
    public async Task Lists_and_counts_filter_by_search_attributes_id_and_pause()
    {
        await using var server = await EngineHost.StartAsync();
        foreach (var (id, colour, paused) in ((string, string, bool)[])[("a1", "red", false), ("a2", "blue", true), ("b1", "red", true)])
        {
            await server.CreateScheduleAsync(id, Hourly(schedule => schedule.State.Paused = paused), request =>
                request.SearchAttributes = new SearchAttributes { IndexedFields = { ["Colour"] = Json(colour) } }
            );
            server.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (
            var (query, expected) in ((string, string)[])
                [
                    ("", "b1 a2 a1"),
                    ("Colour = 'red'", "b1 a1"),
                    ("TemporalSchedulePaused = true", "b1 a2"),
                    ("ScheduleId STARTS_WITH 'a' AND TemporalSchedulePaused = false", "a1"),
                ]
        )
        {
            var list = await server.CallAsync<ListSchedulesResponse>(new ListSchedulesRequest { Namespace = "default", Query = query });
            var count = await server.CallAsync<CountSchedulesResponse>(new CountSchedulesRequest { Namespace = "default", Query = query });
            Assert.Equal($"{query}: {expected}", $"{query}: {string.Join(' ', list.Schedules.Select(line => line.ScheduleId))}");
            Assert.Equal(list.Schedules.Count, count.Count);
        }

        var page = await server.CallAsync<ListSchedulesResponse>(new ListSchedulesRequest { Namespace = "default", MaximumPageSize = 2 });
        var rest = await server.CallAsync<ListSchedulesResponse>(
            new ListSchedulesRequest
            {
                Namespace = "default",
                MaximumPageSize = 2,
                NextPageToken = page.NextPageToken,
            }
        );
        Assert.Equal(["b1", "a2", "a1"], page.Schedules.Concat(rest.Schedules).Select(line => line.ScheduleId));
        Assert.True(rest.NextPageToken.IsEmpty);
        Assert.Equal("Type", page.Schedules[0].Info.WorkflowType.Name);
        Assert.Equal(5, rest.Schedules[0].Info.FutureActionTimes.Count);
        await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<ListSchedulesResponse>(new ListSchedulesRequest { Namespace = "default", Query = "Size = 1" })
        );
    }

    [Fact]
    public async Task A_schedule_that_is_decades_of_due_times_behind_is_read_at_once_and_acts_on_what_is_not_too_late()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule =>
            {
                schedule.Spec.Interval[0].Interval = Seconds(1);
                schedule.Policies.CatchupWindow = Seconds(10);
            })
        );

        server.Advance(TimeSpan.FromDays(70 * 365));

        var second = DateTimeOffset.FromUnixTimeSeconds(server.Clock.UtcNow.ToUnixTimeSeconds());
        var described = (await InTime(() => server.DescribeScheduleAsync()))
            .Info.FutureActionTimes.Select(time => time.ToDateTimeOffset())
            .ToList();
        Assert.InRange(described[0], second.AddSeconds(1), server.Clock.UtcNow.AddSeconds(1));
        Assert.Equal(Enumerable.Range(0, 10).Select(after => described[0].AddSeconds(after)), described);
        var listed = await InTime(() => server.CallAsync<ListSchedulesResponse>(new ListSchedulesRequest { Namespace = "default" }));
        Assert.InRange(listed.Schedules[0].Info.FutureActionTimes[0].ToDateTimeOffset(), described[0], server.Clock.UtcNow.AddSeconds(1));
        var info = (await server.UntilAsync(description => description.Info.ActionCount > 0)).Info;
        Assert.InRange(info.RecentActions[0].ScheduleTime.ToDateTimeOffset(), second.AddSeconds(-10), server.Clock.UtcNow);

        // The reader may keep its thread, so that only another one can tell that it takes too long.
        static Task<T> InTime<T>(Func<Task<T>> read) => Task.Run(read).WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Matching_times_are_those_of_the_spec()
    {
        await using var server = await EngineHost.StartAsync();
        await server.CreateScheduleAsync("s", Hourly(schedule => schedule.State.Paused = true));
        var start = new DateTimeOffset(2030, 1, 1, 0, 30, 0, TimeSpan.Zero);

        var reply = await server.CallAsync<ListScheduleMatchingTimesResponse>(
            new ListScheduleMatchingTimesRequest
            {
                Namespace = "default",
                ScheduleId = "s",
                StartTime = At(start),
                EndTime = At(start.AddHours(3)),
            }
        );

        Assert.Equal(Enumerable.Range(0, 3).Select(i => At(start.AddMinutes(30).AddHours(i))), reply.StartTime);
    }

    [Fact]
    public async Task The_time_skipping_clock_skips_to_a_schedules_next_time()
    {
        await using var server = await EngineHost.StartAsync();
        var begun = server.Clock.UtcNow;
        await server.CreateScheduleAsync(
            "s",
            Hourly(schedule =>
            {
                schedule.State.LimitedActions = true;
                schedule.State.RemainingActions = 1;
            })
        );

        server.Clock.ReleaseLock();

        await server.UntilActionsAsync(1);
        Assert.True(server.Clock.UtcNow - begun < TimeSpan.FromHours(2));
    }
}
