using System.Text.Json.Nodes;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.WorkflowService.V1;
using Any = Google.Protobuf.WellKnownTypes.Any;
using Command = Temporalio.Api.Command.V1.Command;
using Update = Temporalio.Api.Update.V1;

namespace Temporal.Server.Tests.Http;

/// <summary>Workflows over HTTP, with requests as the Web UI sends them.</summary>
public sealed class WorkflowCallTests
{
    private const string Workflows = "namespaces/default/workflows";

    [Fact]
    public async Task A_workflow_is_started_found_described_signalled_cancelled_and_terminated()
    {
        await using var server = await HttpServer.StartAsync();
        var started = (
            await server.PostAsync(
                $"{Workflows}/w-1",
                """{"workflowId":"w-1","taskQueue":{"name":"tq"},"workflowType":{"name":"Order"},"input":{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"NDI="}]}}"""
            )
        ).Ok;
        var run = (string)started["runId"]!;

        var listed = (await server.GetAsync($"{Workflows}?pageSize=10&nextPageToken=&query=%60WorkflowType%60%3D%22Order%22")).Ok;
        Assert.Equal("w-1", (string?)Assert.Single(listed["executions"]!.AsArray())!["execution"]!["workflowId"]);
        var described = (await server.GetAsync($"{Workflows}/w-1?execution.runId={run}")).Ok["workflowExecutionInfo"]!;
        Assert.Equal(("WORKFLOW_EXECUTION_STATUS_RUNNING", "2"), ((string?)described["status"], (string?)described["historyLength"]));

        _ = (
            await server.PostAsync(
                $"{Workflows}/w-1/signal/ring",
                $$"""{"signalName":"ring","workflowExecution":{"workflowId":"w-1","runId":"{{run}}"},"input":null}"""
            )
        ).Ok;
        _ = (await server.PostAsync($"{Workflows}/w-1/cancel?execution.runId={run}")).Ok;
        _ = (await server.PostAsync($"{Workflows}/w-1/terminate?execution.runId={run}", """{"reason":"enough"}""")).Ok;

        var events = (await server.GetAsync($"{Workflows}/w-1/history?execution.runId={run}")).Ok["history"]!["events"]!.AsArray();
        Assert.Equal(
            [
                "WORKFLOW_EXECUTION_STARTED",
                "WORKFLOW_TASK_SCHEDULED",
                "WORKFLOW_EXECUTION_SIGNALED",
                "WORKFLOW_EXECUTION_CANCEL_REQUESTED",
                "WORKFLOW_EXECUTION_TERMINATED",
            ],
            events.Select(each => ((string)each!["eventType"]!)["EVENT_TYPE_".Length..])
        );
        Assert.Equal("NDI=", (string?)events[0]!["workflowExecutionStartedEventAttributes"]!["input"]!["payloads"]![0]!["data"]);
        Assert.Equal("ring", (string?)events[2]!["workflowExecutionSignaledEventAttributes"]!["signalName"]);
        var reversed = (await server.GetAsync($"{Workflows}/w-1/history-reverse?maximumPageSize=2")).Ok;
        Assert.Equal(["5", "4"], reversed["history"]!["events"]!.AsArray().Select(each => (string?)each!["eventId"]));
        Assert.NotEmpty((string)reversed["nextPageToken"]!);
        var counted = (await server.GetAsync("namespaces/default/workflow-count?query=GROUP%20BY%20ExecutionStatus")).Ok;
        Assert.Equal(("1", "1"), ((string?)counted["count"], (string?)counted["groups"]![0]!["count"]));
    }

    [Theory]
    [InlineData("a/b c")]
    [InlineData("a%2Fb")]
    [InlineData("order.2026.json")]
    [InlineData("заказ+№ 1?x=y&z#")]
    [InlineData("history")]
    public async Task An_id_comes_back_as_it_went_in(string workflowId)
    {
        await using var server = await HttpServer.StartAsync();
        var path = $"{Workflows}/{Uri.EscapeDataString(workflowId)}";
        _ = (await server.PostAsync(path, """{"taskQueue":{"name":"tq"},"workflowType":{"name":"T"}}""")).Ok;

        Assert.Equal(workflowId, (string?)(await server.GetAsync(path)).Ok["workflowExecutionInfo"]!["execution"]!["workflowId"]);
        Assert.Equal("1", (string?)(await server.GetAsync(path + "/history")).Ok["history"]!["events"]![0]!["eventId"]);
    }

    [Fact]
    public async Task A_run_named_in_the_query_string_is_the_one_that_is_meant()
    {
        await using var server = await HttpServer.StartAsync();
        var first = await server.StartWorkflowAsync("w");
        _ = (await server.PostAsync($"{Workflows}/w/terminate?execution.runId={first}", """{"reason":"first"}""")).Ok;
        var second = await server.StartWorkflowAsync("w");

        Assert.Equal(404, (await server.PostAsync($"{Workflows}/w/terminate?execution.runId={first}", """{"reason":"again"}""")).Status);

        var described = (await server.GetAsync($"{Workflows}/w")).Ok["workflowExecutionInfo"]!;
        Assert.Equal(
            (second, "WORKFLOW_EXECUTION_STATUS_RUNNING"),
            ((string?)described["execution"]!["runId"], (string?)described["status"])
        );
    }

    [Fact]
    public async Task Waiting_for_new_events_blocks_until_there_is_one_and_ends_without_a_token_when_the_run_is_closed()
    {
        await using var server = await HttpServer.StartAsync();
        var run = await server.StartWorkflowAsync("w");
        var token = (string?)(await server.GetAsync($"{Workflows}/w/history?execution.runId={run}&waitNewEvent=true")).Ok["nextPageToken"];
        var waiting = server.GetAsync(
            $"{Workflows}/w/history?execution.runId={run}&waitNewEvent=true&next_page_token={Uri.EscapeDataString(token!)}"
        );

        // Another call goes through all the same rooms and comes back, and the first is still waiting.
        _ = (await server.GetAsync($"{Workflows}/w")).Ok;
        Assert.False(waiting.IsCompleted);
        _ = (await server.PostAsync($"{Workflows}/w/terminate", """{"reason":"over"}""")).Ok;

        var reply = (await waiting).Ok;
        Assert.Equal(
            "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
            (string?)Assert.Single(reply["history"]!["events"]!.AsArray())!["eventType"]
        );
        Assert.Null(reply["nextPageToken"]);
    }

    [Fact]
    public async Task A_query_is_answered_by_the_worker()
    {
        await using var server = await HttpServer.StartAsync();
        await server.StartWorkflowAsync("w");
        await CompleteAsync(server, await server.PollAsync());
        var asking = server.PostAsync(
            $"{Workflows}/w/query/__stack_trace",
            """{"execution":{"workflowId":"w"},"query":{"queryType":"__stack_trace","queryArgs":null}}"""
        );

        var task = await server.PollAsync();
        Assert.Equal("__stack_trace", task.Query.QueryType);
        await server.Grpc.CallAsync<RespondQueryTaskCompletedResponse>(
            new RespondQueryTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                CompletedType = QueryResultType.Answered,
                QueryResult = new Payloads { Payloads_ = { new Payload { Data = ByteString.CopyFromUtf8("\"here\"") } } },
            }
        );

        Assert.Equal(Convert.ToBase64String("\"here\""u8), (string?)(await asking).Ok["queryResult"]!["payloads"]![0]!["data"]);
    }

    [Fact]
    public async Task An_update_without_an_id_and_a_wait_policy_returns_its_outcome()
    {
        await using var server = await HttpServer.StartAsync();
        await server.StartWorkflowAsync("w");
        await CompleteAsync(server, await server.PollAsync());
        var updating = server.PostAsync(
            $"{Workflows}/w/update/add",
            """{"workflowExecution":{"runId":""},"request":{"meta":{"updateId":""},"input":{"args":{"payloads":[]}}}}"""
        );

        var task = await server.PollAsync();
        var message = Assert.Single(task.Messages);
        var request = message.Body.Unpack<Update.Request>();
        Assert.Equal("add", request.Input.Name);
        await server.Grpc.CallAsync<RespondWorkflowTaskCompletedResponse>(
            new RespondWorkflowTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                Commands = { Carry("accept"), Carry("complete") },
                Messages =
                {
                    Answer(
                        "accept",
                        new Update.Acceptance
                        {
                            AcceptedRequestMessageId = message.Id,
                            AcceptedRequestSequencingEventId = message.EventId,
                            AcceptedRequest = request,
                        }
                    ),
                    Answer(
                        "complete",
                        new Update.Response
                        {
                            Meta = request.Meta,
                            Outcome = new Update.Outcome { Success = new Payloads() },
                        }
                    ),
                },
            }
        );

        Assert.IsType<JsonObject>((await updating).Ok["outcome"]!["success"]);

        Message Answer(string id, IMessage body) =>
            new()
            {
                Id = id,
                ProtocolInstanceId = message.ProtocolInstanceId,
                Body = Any.Pack(body),
            };
        static Command Carry(string id) =>
            new()
            {
                CommandType = CommandType.ProtocolMessage,
                ProtocolMessageCommandAttributes = new() { MessageId = id },
            };
    }

    [Fact]
    public async Task A_downloaded_history_has_every_page_and_can_be_read_back()
    {
        await using var server = await HttpServer.StartAsync();
        var run = await server.StartWorkflowAsync("w");
        for (var i = 0; i < 300; i++)
        {
            await server.Grpc.CallAsync<SignalWorkflowExecutionResponse>(
                new SignalWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    SignalName = "s",
                }
            );
        }

        var reply = await server.GetAsync($"{Workflows}/w/run/{run}/history.json");

        Assert.StartsWith("attachment", reply.Headers["Content-Disposition"], StringComparison.Ordinal);
        var history = JsonParser.Default.Parse<Temporalio.Api.History.V1.History>(reply.Ok.ToJsonString());
        Assert.Equal(Enumerable.Range(1, 302).Select(id => (long)id), history.Events.Select(each => each.EventId));
    }

    private static Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(HttpServer server, PollWorkflowTaskQueueResponse task) =>
        server.Grpc.CallAsync<RespondWorkflowTaskCompletedResponse>(
            new RespondWorkflowTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
        );
}
