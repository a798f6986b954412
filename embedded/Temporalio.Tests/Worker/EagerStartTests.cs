using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Tests.Grpc;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class EagerStartTests
{
    [Fact]
    public async Task The_first_task_comes_with_the_start_to_a_worker_of_the_same_process()
    {
        await using var server = await StartServerAsync(canEager: true);
        var client = await ConnectAsync(server);
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("here").AddWorkflow<Instant>());
        await worker.ExecuteAsync(async () =>
        {
            await client.StartWorkflowAsync((Instant wf) => wf.RunAsync(), Eagerly("here"));
            Assert.True(Started(server).RequestEagerExecution);
            var completed = RespondWorkflowTaskCompletedRequest.Parser.ParseFrom(await CallAsync(server, "RespondWorkflowTaskCompleted"));
            Assert.Equal("eager", completed.TaskToken.ToStringUtf8());
            Assert.Equal(CommandType.CompleteWorkflowExecution, Assert.Single(completed.Commands).CommandType);
        });
    }

    [Theory]
    [InlineData(true, "elsewhere")]
    [InlineData(false, "here")]
    public async Task It_is_not_asked_for_without_a_worker_or_a_server_that_can(bool canEager, string queue)
    {
        await using var server = await StartServerAsync(canEager);
        var client = await ConnectAsync(server);
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("here").AddWorkflow<Instant>());
        await worker.ExecuteAsync(() => client.StartWorkflowAsync((Instant wf) => wf.RunAsync(), Eagerly(queue)));
        Assert.False(Started(server).RequestEagerExecution);
    }

    [Theory]
    [InlineData(true, "temporal-dotnet 1.18.0.0 1,2,3 2")]
    [InlineData(false, "   ")]
    public async Task What_the_library_says_of_itself_is_said_only_to_a_server_that_keeps_it(bool keepsMetadata, string expected)
    {
        await using var server = await StartServerAsync(canEager: true, keepsMetadata);
        var client = await ConnectAsync(server);
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("here").AddWorkflow<Instant>());
        await worker.ExecuteAsync(async () =>
        {
            await client.StartWorkflowAsync((Instant wf) => wf.RunAsync(), Eagerly("here"));
            var completed = RespondWorkflowTaskCompletedRequest.Parser.ParseFrom(await CallAsync(server, "RespondWorkflowTaskCompleted"));
            var said = completed.SdkMetadata;
            Assert.Equal(
                expected,
                $"{said.SdkName} {said.SdkVersion} {string.Join(',', said.CoreUsedFlags)} {string.Join(',', said.LangUsedFlags)}");
        });
    }

    [Fact]
    public async Task A_worker_that_has_stopped_takes_none()
    {
        await using var server = await StartServerAsync(canEager: true);
        var client = await ConnectAsync(server);
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("here").AddWorkflow<Instant>());
        await worker.ExecuteAsync(() => Task.CompletedTask);
        await client.StartWorkflowAsync((Instant wf) => wf.RunAsync(), Eagerly("here"));
        Assert.False(Started(server).RequestEagerExecution);
    }

    private static WorkflowOptions Eagerly(string queue) => new("eager", queue) { RequestEagerStart = true };

    private static async Task<TemporalClient> ConnectAsync(StubServer server) =>
        await TemporalClient.ConnectAsync(new(server.TargetHost));

    private static StartWorkflowExecutionRequest Started(StubServer server) =>
        StartWorkflowExecutionRequest.Parser.ParseFrom(server.Calls.Single(call => call.Rpc == "StartWorkflowExecution").Message);

    private static async Task<byte[]> CallAsync(StubServer server, string rpc)
    {
        while (true)
        {
            if (server.Calls.FirstOrDefault(call => call.Rpc == rpc) is { } found)
            {
                return found.Message;
            }
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static Task<StubServer> StartServerAsync(bool canEager, bool keepsMetadata = true) => StubServer.StartAsync(
        AnswerAsync, info: new() { Capabilities = new() { EagerWorkflowStart = canEager, SdkMetadata = keepsMetadata } });

    private static Task AnswerAsync(StubCall call) => call.Rpc switch
    {
        "PollWorkflowTaskQueue" => new TaskCompletionSource().Task.WaitAsync(call.Aborted),
        "DescribeNamespace" => call.ReplyAsync(new DescribeNamespaceResponse()),
        "StartWorkflowExecution" => call.ReplyAsync(Start(StartWorkflowExecutionRequest.Parser.ParseFrom(call.Message))),
        "RespondWorkflowTaskCompleted" => call.ReplyAsync(new RespondWorkflowTaskCompletedResponse()),
        _ => call.ReplyAsync(new ShutdownWorkerResponse()),
    };

    private static StartWorkflowExecutionResponse Start(StartWorkflowExecutionRequest request)
    {
        var now = Timestamp.FromDateTime(DateTime.UtcNow);
        var runId = Guid.NewGuid().ToString();
        var task = new PollWorkflowTaskQueueResponse
        {
            TaskToken = ByteString.CopyFromUtf8("eager"),
            WorkflowExecution = new() { WorkflowId = request.WorkflowId, RunId = runId },
            WorkflowType = request.WorkflowType,
            StartedEventId = 3,
            Attempt = 1,
            History = new()
            {
                Events =
                {
                    new Api.History.V1.HistoryEvent
                    {
                        EventId = 1,
                        EventTime = now,
                        EventType = EventType.WorkflowExecutionStarted,
                        WorkflowExecutionStartedEventAttributes = new()
                        {
                            WorkflowType = request.WorkflowType,
                            TaskQueue = request.TaskQueue,
                            OriginalExecutionRunId = runId,
                            FirstExecutionRunId = runId,
                            Attempt = 1,
                        },
                    },
                    new Api.History.V1.HistoryEvent
                    {
                        EventId = 2,
                        EventTime = now,
                        EventType = EventType.WorkflowTaskScheduled,
                        WorkflowTaskScheduledEventAttributes = new() { Attempt = 1 },
                    },
                    new Api.History.V1.HistoryEvent
                    {
                        EventId = 3,
                        EventTime = now,
                        EventType = EventType.WorkflowTaskStarted,
                        WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = 2 },
                    },
                },
            },
        };
        return new() { RunId = runId, EagerWorkflowTask = request.RequestEagerExecution ? task : null };
    }

    [Workflow]
    public class Instant
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("done");
    }
}
