using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Tests.Store.Postgres;
using Temporal.Server.Tests.Timers;
using Temporal.Server.Timers;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// The engine without network, with a clock that the test moves. It keeps no state between transitions: every one works on what the
/// store holds, so each test also shows that replaying the events and the side record restores the run.
/// </summary>
internal sealed class EngineHost : ICalledServer, IAsyncDisposable
{
    private const string Cli = "temporal-cli";
    private readonly ServerCore core;

    // Longer than a poll lasts by itself.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private int disposed;

    private EngineHost(ServerCore core) => this.core = core;

    public RpcMethods Methods => core.Methods;

    public SkippingClock Clock => (SkippingClock)core.Clock;

    /// <summary>Starts a server on a store.</summary>
    /// <param name="store">The store; an empty one in memory if null.</param>
    /// <param name="cachedRuns">Idle runs whose state is kept.</param>
    /// <param name="time">What the server's time goes by; if null it stands still but for what the test moves it.</param>
    /// <param name="limits">Limits; the defaults if null.</param>
    public static Task<EngineHost> StartAsync(
        IExecutionStore? store = null,
        int cachedRuns = 0,
        TimeProvider? time = null,
        ServerLimits? limits = null
    )
    {
        time ??= new TickingTime();
        return StartAsync(store, new SkippingClock(time), time, cachedRuns, limits);
    }

    /// <summary>Starts a server that is none for tests: its time is the machine's, and it does what only such a server does.</summary>
    public static Task<EngineHost> StartRealAsync(IExecutionStore store) =>
        StartAsync(store, new RealClock(), TimeProvider.System, cachedRuns: 0, limits: null);

    private static async Task<EngineHost> StartAsync(
        IExecutionStore? store,
        ServerClock clock,
        TimeProvider time,
        int cachedRuns,
        ServerLimits? limits
    ) =>
        new(
            await ServerCore.StartAsync(
                new TemporalServerOptions
                {
                    TimeSkipping = clock is SkippingClock,
                    SearchAttributes = new Dictionary<string, IndexedValueType> { ["Colour"] = IndexedValueType.Keyword },
                    Limits = limits ?? new ServerLimits(),
                },
                store ?? new InMemoryStore(),
                clock,
                time,
                NullLogger.Instance,
                cachedRuns,
                TestContext.Current.CancellationToken
            )
        );

    public async Task<TReply> CallAsync<TReply>(
        IMessage request,
        TimeSpan? deadline = null,
        CancellationToken? cancellation = null,
        string client = ""
    )
        where TReply : IMessage
    {
        var name = request.Descriptor.Name[..^"Request".Length];
        var service = request.Descriptor.File.Package == "temporal.api.operatorservice.v1" ? "OperatorService" : "WorkflowService";
        var method = core.Methods.ByPath[$"/{request.Descriptor.File.Package}.{service}/{name}"];
        // Over the wire, so that nothing is shared between caller and server.
        var parsed = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        var reply = await method.Handler(
            parsed,
            new RpcContext(
                deadline ?? Timeout.InfiniteTimeSpan,
                new Dictionary<string, string> { ["client-name"] = client },
                cancellation ?? TestContext.Current.CancellationToken
            )
        );
        return (TReply)reply.Descriptor.Parser.ParseFrom(reply.ToByteArray());
    }

    Task<TReply> ICalledServer.CallAsync<TReply>(IMessage request, TimeSpan? deadline) => CallAsync<TReply>(request, deadline);

    public void Advance(TimeSpan time) => Clock.AdvanceTo(Clock.UtcNow + time);

    public Task<StartWorkflowExecutionResponse> StartAsync(string workflowId, Action<StartWorkflowExecutionRequest>? change = null)
    {
        var request = StartOf(workflowId);
        change?.Invoke(request);
        return CallAsync<StartWorkflowExecutionResponse>(request);
    }

    /// <summary>Takes the next workflow task; an empty reply when none comes in time.</summary>
    public Task<PollWorkflowTaskQueueResponse> PollWorkflowAsync(
        string queue = "tq",
        TimeSpan? wait = null,
        CancellationToken? cancellation = null,
        string key = ""
    ) =>
        CallAsync<PollWorkflowTaskQueueResponse>(
            new PollWorkflowTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue =
                    queue == "tq"
                        ? Queue("tq")
                        : new TaskQueue
                        {
                            Name = queue,
                            Kind = TaskQueueKind.Sticky,
                            NormalName = "tq",
                        },
                Identity = "worker",
                WorkerInstanceKey = key,
            },
            wait ?? Patience,
            cancellation
        );

    public Task<PollActivityTaskQueueResponse> PollActivityAsync(TimeSpan? wait = null) => PollActivityAsync(key: "", wait);

    public Task<PollActivityTaskQueueResponse> PollActivityAsync(string key, TimeSpan? wait = null) =>
        CallAsync<PollActivityTaskQueueResponse>(
            new PollActivityTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = Queue("tq"),
                Identity = "worker",
                WorkerInstanceKey = key,
            },
            wait ?? Patience
        );

    public Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(PollWorkflowTaskQueueResponse task, params Command[] commands) =>
        CompleteAsync(task, _ => { }, commands);

    public Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(
        PollWorkflowTaskQueueResponse task,
        Action<RespondWorkflowTaskCompletedRequest> change,
        params Command[] commands
    )
    {
        var request = new RespondWorkflowTaskCompletedRequest
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Identity = "worker",
            Commands = { commands },
        };
        change(request);
        return CallAsync<RespondWorkflowTaskCompletedResponse>(request);
    }

    /// <summary>Takes the next workflow task and completes it.</summary>
    public async Task<PollWorkflowTaskQueueResponse> StepAsync(params Command[] commands)
    {
        var task = await PollWorkflowAsync();
        Assert.False(task.TaskToken.IsEmpty, "no workflow task came");
        await CompleteAsync(task, commands);
        return task;
    }

    /// <summary>
    /// Takes workflow tasks until the one of the given workflow comes, and completes it; others are completed without commands.
    /// </summary>
    public async Task StepOnAsync(string workflowId, params Command[] commands)
    {
        while (true)
        {
            var task = await PollWorkflowAsync();
            var mine = task.WorkflowExecution.WorkflowId == workflowId;
            await CompleteAsync(task, mine ? commands : []);
            if (mine)
            {
                return;
            }
        }
    }

    public Task<SignalWorkflowExecutionResponse> SignalAsync(string workflowId, string name = "signal", string requestId = "") =>
        CallAsync<SignalWorkflowExecutionResponse>(
            new SignalWorkflowExecutionRequest
            {
                Namespace = "default",
                WorkflowExecution = new WorkflowExecution { WorkflowId = workflowId },
                SignalName = name,
                RequestId = requestId,
            }
        );

    /// <summary>What is recorded: the CLI's view. SDKs also get what is about to be.</summary>
    public async Task<IReadOnlyList<HistoryEvent>> HistoryAsync(string workflowId, string runId = "")
    {
        var events = new List<HistoryEvent>();
        var token = ByteString.Empty;
        do
        {
            var reply = await CallAsync<GetWorkflowExecutionHistoryResponse>(
                new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = workflowId, RunId = runId },
                    NextPageToken = token,
                },
                client: Cli
            );
            events.AddRange(reply.History.Events);
            token = reply.NextPageToken;
        } while (!token.IsEmpty);
        return events;
    }

    public async Task<string> TypesAsync(string workflowId, string runId = "") =>
        string.Join(' ', (await HistoryAsync(workflowId, runId)).Select(e => e.EventType.ToString()));

    /// <summary>Waits until the last event is of a kind, and returns it.</summary>
    public async Task<HistoryEvent> WaitForAsync(string workflowId, Func<HistoryEvent, bool> wanted, string runId = "")
    {
        var token = ByteString.Empty;
        while (true)
        {
            var reply = await CallAsync<GetWorkflowExecutionHistoryResponse>(
                new GetWorkflowExecutionHistoryRequest
                {
                    Namespace = "default",
                    Execution = new WorkflowExecution { WorkflowId = workflowId, RunId = runId },
                    WaitNewEvent = true,
                    NextPageToken = token,
                },
                client: Cli
            );
            if (reply.History.Events.FirstOrDefault(wanted) is { } found)
            {
                return found;
            }

            token = reply.NextPageToken;
            Assert.False(token.IsEmpty, $"{workflowId} closed without the event");
        }
    }

    public Task<DescribeWorkflowExecutionResponse> DescribeAsync(string workflowId) =>
        CallAsync<DescribeWorkflowExecutionResponse>(
            new DescribeWorkflowExecutionRequest
            {
                Namespace = "default",
                Execution = new WorkflowExecution { WorkflowId = workflowId },
            }
        );

    /// <summary>Deletes closed runs that are old enough by the test's clock.</summary>
    public Task<int> SweepAsync() => core.Retention.RunAsync(TestContext.Current.CancellationToken);

    public void BeginStop() => core.BeginStop();

    /// <summary>Stops the server and waits until all that it did by itself has ended. What it has in memory can still be read.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref disposed, 1) == 0 ? core.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>A request that starts a workflow on the queue that the polls are of.</summary>
    public static StartWorkflowExecutionRequest StartOf(string workflowId) =>
        new()
        {
            Namespace = "default",
            WorkflowId = workflowId,
            WorkflowType = new WorkflowType { Name = "Type" },
            TaskQueue = Queue("tq"),
            RequestId = Guid.NewGuid().ToString(),
        };

    public static TaskQueue Queue(string name) => new() { Name = name, Kind = TaskQueueKind.Normal };
}
