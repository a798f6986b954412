using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Tests.Grpc;
using Temporalio.Workflows;
using Schedule = Temporalio.Client.Schedules.Schedule;
using ScheduleActionResult = Temporalio.Client.Schedules.ScheduleActionResult;
using ScheduleSpec = Temporalio.Client.Schedules.ScheduleSpec;

namespace Temporalio.Tests.Client;

public sealed class ScheduleClientTests
{
    private static readonly DateTime Noon = new(2030, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_schedule_is_created_with_all_that_it_says()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new CreateScheduleResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost) { Identity = "tester" });
        var city = SearchAttributeKey.CreateKeyword("City");

        var handle = await client.CreateScheduleAsync("s1", Nightly(), new()
        {
            TriggerImmediately = true,
            Backfills = [new(Noon.AddHours(-1), Noon, ScheduleOverlapPolicy.AllowAll)],
            Memo = new Dictionary<string, object> { ["why"] = "audit" },
            TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(city, "Oslo").ToSearchAttributeCollection(),
        });

        var sent = CreateScheduleRequest.Parser.ParseFrom(server.Calls.Single().Message);
        Assert.Equal(("s1", "default", "tester"), (handle.Id, sent.Namespace, sent.Identity));
        Assert.NotEmpty(sent.RequestId);
        var calendar = sent.Schedule.Spec.StructuredCalendar.Single();
        Assert.Equal(new Api.Schedule.V1.Range { Start = 2, End = 2, Step = 1 }, calendar.Hour.Single());
        Assert.Equal(new Api.Schedule.V1.Range { Start = 1, End = 31, Step = 1 }, calendar.DayOfMonth.Single());
        Assert.Equal(new Api.Schedule.V1.Range { Start = 0, End = 6, Step = 1 }, calendar.DayOfWeek.Single());
        Assert.Equal(new Api.Schedule.V1.Range { Start = 0, End = 0, Step = 1 }, calendar.Second.Single());
        Assert.Empty(calendar.Year);
        Assert.Equal(TimeSpan.FromMinutes(5), sent.Schedule.Spec.Interval.Single().Phase.ToTimeSpan());
        Assert.Equal("Europe/Oslo", sent.Schedule.Spec.TimezoneName);
        Assert.Equal(ScheduleOverlapPolicy.Skip, sent.Schedule.Policies.OverlapPolicy);
        Assert.Equal(TimeSpan.FromDays(365), sent.Schedule.Policies.CatchupWindow.ToTimeSpan());
        Assert.Equal((true, "later"), (sent.Schedule.State.Paused, sent.Schedule.State.Notes));
        var start = sent.Schedule.Action.StartWorkflow;
        Assert.Equal(("Report", "report", "tq"), (start.WorkflowType.Name, start.WorkflowId, start.TaskQueue.Name));
        Assert.Equal("\"sales\"", start.Input.Payloads_.Single().Data.ToStringUtf8());
        Assert.Equal(ScheduleOverlapPolicy.Skip, sent.InitialPatch.TriggerImmediately.OverlapPolicy);
        Assert.Equal(Noon, sent.InitialPatch.BackfillRequest.Single().EndTime.ToDateTime());
        Assert.Equal("\"audit\"", sent.Memo.Fields["why"].Data.ToStringUtf8());
        Assert.Equal("\"Oslo\"", sent.SearchAttributes.IndexedFields["City"].Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_schedule_whose_id_is_taken_is_refused()
    {
        await using var server = await StubServer.StartAsync(call => call.FailAsync(6, "schedule with this ID is already registered"));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        await Assert.ThrowsAsync<ScheduleAlreadyRunningException>(() => client.CreateScheduleAsync("s1", Nightly()));
    }

    [Fact]
    public async Task Options_that_scheduled_workflows_cannot_have_are_refused_before_any_call()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new CreateScheduleResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));
        WorkflowOptions[] refused =
        [
            new("w", "tq") { IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate },
            new("w", "tq") { IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting },
            new("w", "tq") { CronSchedule = "* * * * *" },
            new("w", "tq") { StartSignal = "s" },
            new("w", "tq") { Rpc = new() },
            new() { Id = "w" },
            new() { TaskQueue = "tq" },
        ];

        foreach (var options in refused)
        {
            await Assert.ThrowsAsync<ArgumentException>(() =>
                client.CreateScheduleAsync("s1", new(ScheduleActionStartWorkflow.Create("Report", [], options), new())));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetScheduleHandle("s1").BackfillAsync([]));
        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task An_update_that_returns_nothing_changes_nothing()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(Described()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        await client.GetScheduleHandle("s1").UpdateAsync(input => default(ScheduleUpdate));

        Assert.Equal("DescribeSchedule", server.Calls.Single().Rpc);
    }

    [Fact]
    public async Task An_update_keeps_encoded_values_as_they_are_and_encodes_new_ones()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(
            call.Rpc == "DescribeSchedule" ? Described() : new UpdateScheduleResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost)
        {
            DataConverter = DataConverter.Default with { PayloadCodec = new Reversing() },
        });

        await client.GetScheduleHandle("s1").UpdateAsync(async input =>
        {
            var action = Assert.IsType<ScheduleActionStartWorkflow>(input.Description.Schedule.Action);
            Assert.Equal("sales", await Assert.IsType<EncodedRawValue>(action.Args.Single()).ToValueAsync<string>());
            return new(input.Description.Schedule with { Action = action with { Args = [.. action.Args, "new"] } });
        });

        var sent = UpdateScheduleRequest.Parser.ParseFrom(server.Calls.Last().Message);
        var described = Described().Schedule;
        Assert.Equal(
            ["\"selas\"", "\"wen\""],
            sent.Schedule.Action.StartWorkflow.Input.Payloads_.Select(each => each.Data.ToStringUtf8()));
        Assert.Equal(described.Action.StartWorkflow.Memo, sent.Schedule.Action.StartWorkflow.Memo);
        Assert.Equal(described.Spec, sent.Schedule.Spec);
        Assert.Equal(described.Policies, sent.Schedule.Policies);
        Assert.Null(sent.SearchAttributes);
        Assert.Empty(sent.ConflictToken);
    }

    [Fact]
    public async Task A_description_tells_what_was_done_and_what_comes()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(Described()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var description = await client.GetScheduleHandle("s1").DescribeAsync();

        Assert.Equal(("s1", 3L, 1L, 2L), (description.Id, description.Info.NumActions, description.Info.NumActionsMissedCatchupWindow, description.Info.NumActionsSkippedOverlap));
        var action = new ScheduleActionExecutionStartWorkflow("report-1", "run-1");
        Assert.Equal<ScheduleActionExecution>([action], description.Info.RunningActions);
        Assert.Equal([new ScheduleActionResult(Noon, Noon.AddSeconds(1), action)], description.Info.RecentActions);
        Assert.Equal([Noon.AddDays(1)], description.Info.NextActionTimes);
        Assert.Equal((Noon.AddDays(-1), default(DateTime?)), (description.Info.CreatedAt, description.Info.LastUpdatedAt));
        Assert.Equal("audit", await description.Memo["why"].ToValueAsync<string>());
    }

    [Fact]
    public async Task Patches_say_what_is_to_be_done_and_why()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(
            call.Rpc == "PatchSchedule" ? new PatchScheduleResponse() : new DeleteScheduleResponse()));
        var handle = (await TemporalClient.ConnectAsync(new(server.TargetHost))).GetScheduleHandle("s1");

        await handle.PauseAsync();
        await handle.PauseAsync("audit");
        await handle.UnpauseAsync();
        await handle.TriggerAsync();
        await handle.TriggerAsync(new() { Overlap = ScheduleOverlapPolicy.BufferAll });
        await handle.BackfillAsync([new(Noon, Noon.AddHours(1))]);
        await handle.DeleteAsync();

        var patches = server.Calls.SkipLast(1).Select(each => PatchScheduleRequest.Parser.ParseFrom(each.Message).Patch).ToList();
        Assert.Equal(["Paused via .NET SDK", "audit", ""], patches.Take(3).Select(each => each.Pause));
        Assert.Equal("Unpaused via .NET SDK", patches[2].Unpause);
        Assert.Equal(
            [ScheduleOverlapPolicy.Unspecified, ScheduleOverlapPolicy.BufferAll],
            patches.Skip(3).Take(2).Select(each => each.TriggerImmediately.OverlapPolicy));
        Assert.Equal(Noon.AddHours(1), patches[5].BackfillRequest.Single().EndTime.ToDateTime());
        Assert.Equal("DeleteSchedule", server.Calls.Last().Rpc);
    }

    [Fact]
    public async Task Schedules_are_listed_page_by_page()
    {
        await using var server = await StubServer.StartAsync(call =>
        {
            var request = ListSchedulesRequest.Parser.ParseFrom(call.Message);
            Assert.Equal("City = 'Oslo'", request.Query);
            return call.ReplyAsync(request.NextPageToken.IsEmpty
                ? new() { Schedules = { Listed("a"), Listed("b") }, NextPageToken = ByteString.CopyFromUtf8("next") }
                : new ListSchedulesResponse { Schedules = { new ScheduleListEntry { ScheduleId = "old" } } });
        });
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var listed = new List<ScheduleListDescription>();
        await foreach (var each in client.ListSchedulesAsync(new() { Query = "City = 'Oslo'" }))
        {
            listed.Add(each);
        }

        Assert.Equal(["a", "b", "old"], listed.Select(each => each.Id));
        Assert.Equal(new ScheduleListActionStartWorkflow("Report"), listed[0].Schedule!.Action);
        Assert.Equal(new("busy", true), listed[0].Schedule!.State);
        Assert.Equal([Noon], listed[0].Info!.NextActionTimes);
        Assert.Null(listed[2].Schedule);
    }

    private static Schedule Nightly() => new(
        ScheduleActionStartWorkflow.Create((Report report) => report.RunAsync("sales"), new("report", "tq")),
        new ScheduleSpec
        {
            Calendars = [new() { Hour = [new(2)] }],
            Intervals = [new(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5))],
            TimeZoneName = "Europe/Oslo",
        })
    {
        State = new() { Paused = true, Note = "later" },
    };

    private static DescribeScheduleResponse Described()
    {
        var action = new Api.Common.V1.WorkflowExecution { WorkflowId = "report-1", RunId = "run-1" };
        return new()
        {
            Schedule = new()
            {
                Spec = new() { CronString = { "0 2 * * *" }, Jitter = new() { Seconds = 5 } },
                Action = new()
                {
                    StartWorkflow = new()
                    {
                        WorkflowType = new() { Name = "Report" },
                        WorkflowId = "report",
                        TaskQueue = new() { Name = "tq" },
                        Input = new() { Payloads_ = { Json("\"selas\"") } },
                        Memo = new() { Fields = { ["note"] = Json("\"x\"") } },
                    },
                },
                Policies = new() { OverlapPolicy = ScheduleOverlapPolicy.BufferOne, CatchupWindow = new() { Seconds = 60 } },
                State = new(),
            },
            Info = new()
            {
                ActionCount = 3,
                MissedCatchupWindow = 1,
                OverlapSkipped = 2,
                RunningWorkflows = { action },
                RecentActions =
                {
                    new Api.Schedule.V1.ScheduleActionResult
                    {
                        ScheduleTime = At(Noon), ActualTime = At(Noon.AddSeconds(1)), StartWorkflowResult = action,
                    },
                },
                FutureActionTimes = { At(Noon.AddDays(1)) },
                CreateTime = At(Noon.AddDays(-1)),
            },
            Memo = new() { Fields = { ["why"] = Json("\"audit\"") } },
        };
    }

    private static ScheduleListEntry Listed(string id) => new()
    {
        ScheduleId = id,
        Info = new()
        {
            Spec = new(),
            WorkflowType = new() { Name = "Report" },
            Notes = "busy",
            Paused = true,
            FutureActionTimes = { At(Noon) },
        },
    };

    private static Timestamp At(DateTime time) => Timestamp.FromDateTime(time);

    private static Payload Json(string json) => new()
    {
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
        Data = ByteString.CopyFromUtf8(json),
    };

    [Workflow]
    public class Report
    {
        [WorkflowRun]
        public Task<int> RunAsync(string kind) => Task.FromResult(kind.Length);
    }

    // Encodes a payload as its text from behind.
    private sealed class Reversing : IPayloadCodec
    {
        public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) => Task.FromResult(Reverse(payloads));

        public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) => Task.FromResult(Reverse(payloads));

        private static IReadOnlyCollection<Payload> Reverse(IReadOnlyCollection<Payload> payloads) =>
            [.. payloads.Select(each => new Payload(each) { Data = ByteString.CopyFrom([.. each.Data.Reverse()]) })];
    }
}
