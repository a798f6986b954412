using Google.Protobuf;
using Temporalio.Activities;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Tests.Grpc;

namespace Temporalio.Tests.Client;

public sealed class StandaloneActivityTests
{
    [Fact]
    public async Task An_activity_is_started_with_its_options_and_waited_for_until_there_is_an_outcome()
    {
        var polls = 0;
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(call.Rpc switch
        {
            "StartActivityExecution" => new StartActivityExecutionResponse { RunId = "run-1" },
            _ when ++polls == 1 => new PollActivityExecutionResponse(),
            _ => new PollActivityExecutionResponse { Outcome = new() { Result = new() { Payloads_ = { Payload(6) } } } },
        }));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost) { Identity = "tester" });

        var length = await client.ExecuteActivityAsync(() => MeasureAsync("length"), new("a1", "tq")
        {
            StartToCloseTimeout = TimeSpan.FromSeconds(5),
            StartDelay = TimeSpan.FromSeconds(1),
            IdConflictPolicy = ActivityIdConflictPolicy.UseExisting,
            StaticSummary = "measuring",
        });

        Assert.Equal(6, length);
        Assert.Equal(2, polls);
        var sent = StartActivityExecutionRequest.Parser.ParseFrom(server.Calls.First().Message);
        Assert.Equal(("a1", "tq", "Measure", "tester"), (sent.ActivityId, sent.TaskQueue.Name, sent.ActivityType.Name, sent.Identity));
        Assert.Equal("\"length\"", sent.Input.Payloads_.Single().Data.ToStringUtf8());
        Assert.Equal("\"measuring\"", sent.UserMetadata.Summary.Data.ToStringUtf8());
        Assert.Equal((5, 1), (sent.StartToCloseTimeout.Seconds, sent.StartDelay.Seconds));
        Assert.Equal((ActivityIdReusePolicy.AllowDuplicate, ActivityIdConflictPolicy.UseExisting), (sent.IdReusePolicy, sent.IdConflictPolicy));
        Assert.Null(sent.ScheduleToCloseTimeout);
        Assert.NotEmpty(sent.RequestId);
        Assert.Equal("run-1", PollActivityExecutionRequest.Parser.ParseFrom(server.Calls.Last().Message).RunId);
    }

    [Fact]
    public async Task An_activity_that_failed_says_why()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new PollActivityExecutionResponse
        {
            Outcome = new() { Failure = new() { Message = "broken", ApplicationFailureInfo = new() { Type = "Test" } } },
        }));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var error = await Assert.ThrowsAsync<ActivityFailedException>(() => client.GetActivityHandle("a1").GetResultAsync());

        Assert.Equal("Test", Assert.IsType<ApplicationFailureException>(error.InnerException).ErrorType);
    }

    [Fact]
    public async Task A_description_is_waited_for_as_long_as_nothing_changes()
    {
        var calls = 0;
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(
            ++calls < 3 ? new DescribeActivityExecutionResponse() : new() { Info = new() { ActivityId = "a1", Attempt = 2 } }));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var description = await client.GetActivityHandle("a1", "run-1").DescribeAsync(new() { LongPollToken = [1, 2] });

        Assert.Equal((3, 2), (calls, description.Attempt));
        var sent = DescribeActivityExecutionRequest.Parser.ParseFrom(server.Calls.Last().Message);
        Assert.Equal(("run-1", ByteString.CopyFrom(1, 2)), (sent.RunId, sent.LongPollToken));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_told_with_the_run_that_holds_it()
    {
        var details = new Api.Common.V1.GrpcStatus
        {
            Code = 6,
            Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new ActivityExecutionAlreadyStartedFailure { RunId = "run-1" }) },
        };
        await using var server = await StubServer.StartAsync(
            call => call.FailAsync(6, "started", Convert.ToBase64String(details.ToByteArray())));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var error = await Assert.ThrowsAsync<ActivityAlreadyStartedException>(() =>
            client.StartActivityAsync("Measure", [], new("a1", "tq") { StartToCloseTimeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal(("a1", "Measure", "run-1"), (error.ActivityId, error.ActivityType, error.RunId));
    }

    [Fact]
    public async Task Options_that_are_not_valid_are_refused_before_any_call()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new StartActivityExecutionResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));
        var second = TimeSpan.FromSeconds(1);
        StartActivityOptions[] refused =
        [
            new("a1", "tq"),
            new("a1", "tq") { StartToCloseTimeout = second, StartDelay = -second },
            new() { Id = "a1", StartToCloseTimeout = second },
            new() { TaskQueue = "tq", StartToCloseTimeout = second },
        ];

        foreach (var options in refused)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => client.StartActivityAsync("Measure", [], options));
        }

        Assert.Empty(server.Calls);
    }

    [Fact]
    public async Task Activities_are_described_cancelled_terminated_listed_and_counted()
    {
        var info = new ActivityExecutionInfo
        {
            ActivityId = "a1",
            RunId = "run-1",
            ActivityType = new() { Name = "Measure" },
            Attempt = 2,
            TaskQueue = "tq",
            Status = ActivityExecutionStatus.Running,
            LastWorkerIdentity = "worker",
        };
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(call.Rpc switch
        {
            "DescribeActivityExecution" => new DescribeActivityExecutionResponse { Info = info, LongPollToken = ByteString.CopyFromUtf8("later") },
            "RequestCancelActivityExecution" => new RequestCancelActivityExecutionResponse(),
            "TerminateActivityExecution" => new TerminateActivityExecutionResponse(),
            "CountActivityExecutions" => new CountActivityExecutionsResponse { Count = 2 },
            _ => Page(ListActivityExecutionsRequest.Parser.ParseFrom(call.Message)),
        }));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));
        var handle = client.GetActivityHandle<int>("a1", "run-1");

        var description = await handle.DescribeAsync();
        await handle.DescribeAsync(new() { LongPollToken = description.LongPollToken });
        await handle.CancelAsync(new() { Reason = "enough" });
        await handle.TerminateAsync(new() { Reason = "more than enough" });
        var listed = new List<string>();
        await foreach (var each in client.ListActivitiesAsync("TaskQueue = 'tq'", new() { Limit = 3 }))
        {
            listed.Add(each.ActivityId);
        }

        Assert.Equal(("a1", "run-1", "Measure", 2, "worker"), (
            description.ActivityId, description.ActivityRunId, description.ActivityType, description.Attempt, description.LastWorkerIdentity));
        Assert.Null(description.CanceledReason);
        Assert.Equal(["1", "2", "3"], listed);
        Assert.Equal(2, (await client.CountActivitiesAsync("")).Count);
        var calls = server.Calls.ToList();
        Assert.Equal("later", DescribeActivityExecutionRequest.Parser.ParseFrom(calls[1].Message).LongPollToken.ToStringUtf8());
        Assert.Equal("enough", RequestCancelActivityExecutionRequest.Parser.ParseFrom(calls[2].Message).Reason);
        Assert.Equal("run-1", TerminateActivityExecutionRequest.Parser.ParseFrom(calls[3].Message).RunId);
    }

    // Pages of two, without an end.
    private static ListActivityExecutionsResponse Page(ListActivityExecutionsRequest request)
    {
        var from = request.NextPageToken.IsEmpty ? 1 : 3;
        return new()
        {
            Executions = { Listed(from), Listed(from + 1) },
            NextPageToken = ByteString.CopyFromUtf8("next"),
        };
    }

    private static ActivityExecutionListInfo Listed(int id) => new() { ActivityId = $"{id}", ActivityType = new() { Name = "Measure" } };

    private static Api.Common.V1.Payload Payload(int value) => DataConverter.Default.PayloadConverter.ToPayload(value);

    [Activity]
    public static Task<int> MeasureAsync(string text) => Task.FromResult(text.Length);
}
