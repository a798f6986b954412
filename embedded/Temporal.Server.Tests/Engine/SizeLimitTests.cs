using Google.Protobuf;
using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>How large things may be, as in Temporal's defaults.</summary>
public sealed class SizeLimitTests
{
    private static readonly int BlobBytes = new WorkflowLimits().BlobBytes;

    private static readonly string Long = new('x', 1001);

    // Few characters, but too many bytes.
    private static readonly string LongInBytes = new('ü', 501);

    private static readonly Payloads Huge = Text(new string('x', BlobBytes));

    public static TheoryData<string> Names =>
        new(
            "workflow id",
            "workflow type",
            "task queue",
            "request id",
            "identity",
            "signal",
            "signal's request id",
            "update id",
            "query",
            "poll",
            "described id"
        );

    public static TheoryData<string> Payloads => new("input", "memo", "signal", "signal with start", "query", "update", "termination");

    public static TheoryData<string, WorkflowTaskFailedCause> Commands_ =>
        new()
        {
            { "activity", WorkflowTaskFailedCause.BadScheduleActivityAttributes },
            { "complete", WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes },
            { "fail", WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes },
            { "marker", WorkflowTaskFailedCause.BadRecordMarkerAttributes },
            { "continue", WorkflowTaskFailedCause.BadContinueAsNewAttributes },
            { "child", WorkflowTaskFailedCause.BadStartChildExecutionAttributes },
            { "signal", WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes },
            { "memo", WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes },
            { "attribute", WorkflowTaskFailedCause.BadSearchAttributes },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Overlong_names_are_refused(string what)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        foreach (var name in (string[])[Long, LongInBytes])
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => CallWithNameAsync(server, what, name));
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.EndsWith("length exceeds limit.", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("WorkflowExecutionStarted WorkflowTaskScheduled", await server.TypesAsync("w"));
    }

    [Fact]
    public async Task Names_at_the_limit_are_taken()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync(Long[1..], r => (r.WorkflowType.Name, r.RequestId, r.Identity) = (Long[1..], Long[1..], Long[1..]));
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Overlarge_payloads_of_callers_are_refused(string what)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => CallWithPayloadAsync(server, what));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(what == "memo" ? "Memo size exceeds limit." : "Blob data size exceeds limit.", error.Message);
        Assert.Equal("WorkflowExecutionStarted WorkflowTaskScheduled", await server.TypesAsync("w"));
    }

    [Theory]
    [MemberData(nameof(Commands_))]
    public async Task A_command_with_an_overlarge_payload_ends_the_run(string what, WorkflowTaskFailedCause cause)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var task = await server.PollWorkflowAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => server.CompleteAsync(task, HugeCommand(what)));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        var events = await server.HistoryAsync("w");
        Assert.EndsWith(
            "WorkflowTaskStarted WorkflowTaskFailed WorkflowExecutionTerminated",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        Assert.Equal(cause, events[3].WorkflowTaskFailedEventAttributes.Cause);
        Assert.Equal(error.Message, events[^1].WorkflowExecutionTerminatedEventAttributes.Reason);
    }

    [Fact]
    public async Task Search_attributes_are_limited_in_number_and_size()
    {
        await using var server = await EngineHost.StartAsync();
        Task StartWithAsync(params (string Name, string Value)[] attributes) => server.StartAsync("w", r =>
            {
                r.SearchAttributes = new SearchAttributes();
                foreach (var (name, value) in attributes)
                {
                    r.SearchAttributes.IndexedFields[name] = Json(value);
                }
            });
        var tooMany = await Assert.ThrowsAsync<RpcException>(() =>
            StartWithAsync([.. Enumerable.Range(0, 101).Select(i => ($"a{i}", "x"))])
        );
        Assert.Equal("number of search attributes 101 exceeds limit 100", tooMany.Message);
        var tooLarge = await Assert.ThrowsAsync<RpcException>(() => StartWithAsync(("Colour", new string('x', 2047))));
        Assert.Equal("search attribute Colour value size 2049 exceeds size limit 2048", tooLarge.Message);
        await StartWithAsync(("Colour", new string('x', 2046)));
    }

    [Fact]
    public async Task An_activity_whose_answer_is_overlarge_fails_for_good()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(
            Activity("result"),
            Activity("heartbeat"),
            Activity("failure", a => a.RetryPolicy = new RetryPolicy { MaximumAttempts = 1 })
        );
        var tasks = new Dictionary<string, PollActivityTaskQueueResponse>();
        for (var i = 0; i < 3; i++)
        {
            var task = await server.PollActivityAsync();
            tasks.Add(task.ActivityId, task);
        }

        await server.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = tasks["result"].TaskToken,
                Result = Huge,
            }
        );
        var beat = await server.CallAsync<RecordActivityTaskHeartbeatResponse>(
            new RecordActivityTaskHeartbeatRequest
            {
                Namespace = "default",
                TaskToken = tasks["heartbeat"].TaskToken,
                Details = Huge,
            }
        );
        Assert.True(beat.CancelRequested);
        var failure = Failed(new string('x', BlobBytes), type: "Type");
        await server.CallAsync<RespondActivityTaskFailedResponse>(
            new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = tasks["failure"].TaskToken,
                Failure = failure,
            }
        );

        var failed = (await server.HistoryAsync("w"))
            .Where(e => e.EventType == EventType.ActivityTaskFailed)
            .Select(e => e.ActivityTaskFailedEventAttributes.Failure)
            .ToList();
        Assert.Equal(
            ["Complete result exceeds size limit.", "Heartbeat details exceed size limit.", "Failure exceeds size limit."],
            failed.Select(f => f.Message)
        );
        Assert.All(failed, f => Assert.True(f.ServerFailureInfo.NonRetryable));
        Assert.Equal("Type", failed[2].Cause.ApplicationFailureInfo.Type);
        Assert.InRange(failed[2].CalculateSize(), 1000, 600_000);
    }

    [Fact]
    public async Task Only_the_outline_of_a_long_failure_is_kept_between_attempts()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await server.StepAsync(Activity());
        var task = await server.PollActivityAsync();
        var failure = Failed("reason");
        failure.StackTrace = new string('x', 100_000);
        failure.Cause = Failed("root");
        await server.CallAsync<RespondActivityTaskFailedResponse>(
            new RespondActivityTaskFailedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Failure = failure,
            }
        );
        var kept = Assert.Single((await server.DescribeAsync("w")).PendingActivities).LastFailure;
        Assert.Equal(("Failure exceeds size limit.", "reason"), (kept.Message, kept.Cause.Message));
        Assert.InRange(kept.CalculateSize(), 4000, 4200);
    }

    [Fact]
    public async Task A_query_whose_answer_is_overlarge_fails()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var query = QueryAsync(server);
        var task = await server.PollWorkflowAsync();
        await server.CompleteAsync(task, r =>
            r.QueryResults[task.Queries.Keys.Single()] = new WorkflowQueryResult { ResultType = QueryResultType.Answered, Answer = Huge }
        );
        Assert.Equal("Blob data size exceeds limit.", (await Assert.ThrowsAsync<RpcException>(() => query)).Message);
    }

    private static Task CallWithNameAsync(EngineHost server, string what, string name) =>
        what switch
        {
            "workflow id" => server.StartAsync(name),
            "workflow type" => server.StartAsync("other", r => r.WorkflowType.Name = name),
            "task queue" => server.StartAsync("other", r => r.TaskQueue.Name = name),
            "request id" => server.StartAsync("other", r => r.RequestId = name),
            "identity" => server.StartAsync("other", r => r.Identity = name),
            "signal" => server.SignalAsync("w", name),
            "signal's request id" => server.SignalAsync("w", requestId: name),
            "update id" => UpdateAsync(server, name, new Payloads()),
            "query" => QueryAsync(server, name),
            "poll" => server.PollWorkflowAsync(name),
            _ => server.DescribeAsync(name),
        };

    private static Task CallWithPayloadAsync(EngineHost server, string what) =>
        what switch
        {
            "input" => server.StartAsync("other", r => r.Input = Huge),
            "memo" => server.StartAsync("other", r => r.Memo = new Memo { Fields = { ["huge"] = Huge.Payloads_[0] } }),
            "signal" => server.CallAsync<SignalWorkflowExecutionResponse>(
                new SignalWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    SignalName = "s",
                    Input = Huge,
                }
            ),
            "signal with start" => server.CallAsync<SignalWithStartWorkflowExecutionResponse>(
                new SignalWithStartWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowId = "w",
                    WorkflowType = new WorkflowType { Name = "Type" },
                    TaskQueue = EngineHost.Queue("tq"),
                    SignalName = "s",
                    SignalInput = Huge,
                }
            ),
            "query" => QueryAsync(server, "q", Huge),
            "update" => UpdateAsync(server, "u", Huge),
            _ => server.CallAsync<TerminateWorkflowExecutionResponse>(
                new TerminateWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    Details = Huge,
                }
            ),
        };

    private static Command HugeCommand(string what)
    {
        var command = what switch
        {
            "activity" => Activity("1", a => a.Input = Huge),
            "complete" => Complete(),
            "fail" => Fail(new string('x', BlobBytes)),
            "marker" => Marker(),
            "continue" => ContinueAsNew(),
            "child" => Child("child"),
            "signal" => SignalExternal("other"),
            "memo" => new Command
            {
                CommandType = CommandType.ModifyWorkflowProperties,
                ModifyWorkflowPropertiesCommandAttributes = new ModifyWorkflowPropertiesCommandAttributes
                {
                    UpsertedMemo = new Memo { Fields = { ["huge"] = Huge.Payloads_[0] } },
                },
            },
            _ => Upsert("Colour", new string('x', 3000)),
        };
        command.CompleteWorkflowExecutionCommandAttributes?.Result = Huge;
        command.RecordMarkerCommandAttributes?.Details.Add("huge", Huge);
        command.ContinueAsNewWorkflowExecutionCommandAttributes?.Input = Huge;
        command.StartChildWorkflowExecutionCommandAttributes?.Input = Huge;
        command.SignalExternalWorkflowExecutionCommandAttributes?.Input = Huge;
        return command;
    }

    private static Task<UpdateWorkflowExecutionResponse> UpdateAsync(EngineHost server, string id, Payloads args) =>
        server.CallAsync<UpdateWorkflowExecutionResponse>(
            new UpdateWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                Request = new Temporalio.Api.Update.V1.Request
                {
                    Meta = new Temporalio.Api.Update.V1.Meta { UpdateId = id },
                    Input = new Temporalio.Api.Update.V1.Input { Name = "update", Args = args },
                },
            }
        );

    private static Task<QueryWorkflowResponse> QueryAsync(EngineHost server, string type = "q", Payloads? args = null) =>
        server.CallAsync<QueryWorkflowResponse>(
            new QueryWorkflowRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = "w" },
                Query = new WorkflowQuery { QueryType = type, QueryArgs = args },
            }
        );
}
