using Google.Protobuf;
using Temporal.Server.Tests.Engine;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Store.Postgres;

/// <summary>A server to make calls to, wherever it runs.</summary>
internal interface ICalledServer
{
    /// <summary>Makes a call of the workflow service.</summary>
    public Task<TReply> CallAsync<TReply>(IMessage request, TimeSpan? deadline = null)
        where TReply : IMessage<TReply>, new();
}

/// <summary>
/// Workers and a client who go on whatever becomes of the server: each workflow of theirs has an activity and a timer, and what a worker
/// had when the server went away times out soon and comes again.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="tryAsync">Makes a call; false when it failed as calls may while the server is in trouble.</param>
/// <param name="mayComplete">Whether a workflow may complete, besides having had its activity and its timer.</param>
internal sealed class WorkersInTrouble(
    ICalledServer server,
    Func<Func<Task>, Task<bool>> tryAsync,
    Func<string, IReadOnlyList<HistoryEvent>, bool>? mayComplete = null
) : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim progress = new(0);
    private readonly CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task working = Task.CompletedTask;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Begins to work with so many workers of each kind.</summary>
    public void Start(int workers) =>
        working = Task.WhenAll(Enumerable.Range(0, workers).SelectMany(_ => (Task[])[RepeatAsync(DecideAsync), RepeatAsync(ActAsync)]));

    /// <summary>Completes when so many further tasks have been completed.</summary>
    public async Task AdvanceAsync(int tasks)
    {
        for (var task = 0; task < tasks; task++)
        {
            await progress.WaitAsync(Cancellation);
        }
    }

    /// <summary>Starts a workflow, however often it takes.</summary>
    public Task StartAsync(string workflowId)
    {
        var request = EngineHost.StartOf(workflowId);
        request.WorkflowTaskTimeout = Seconds(2);
        return InsistAsync(() => server.CallAsync<StartWorkflowExecutionResponse>(request));
    }

    /// <summary>Makes a call as SDKs do: again, with the same request id, until the server has answered.</summary>
    public async Task InsistAsync(Func<Task> call)
    {
        while (!await tryAsync(call))
        {
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The workers go, each after its last poll.</summary>
    public async Task StopAsync()
    {
        await done.CancelAsync();
        await working;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        done.Dispose();
        progress.Dispose();
    }

    private async Task RepeatAsync(Func<Task> workAsync)
    {
        while (!done.IsCancellationRequested)
        {
            await tryAsync(workAsync);
        }
    }

    private async Task DecideAsync()
    {
        var task = await server.CallAsync<PollWorkflowTaskQueueResponse>(
            new PollWorkflowTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = EngineHost.Queue("tq"),
                Identity = "worker",
            },
            Poll
        );
        if (!task.TaskToken.IsEmpty)
        {
            await server.CallAsync<RespondWorkflowTaskCompletedResponse>(
                new RespondWorkflowTaskCompletedRequest
                {
                    Namespace = "default",
                    TaskToken = task.TaskToken,
                    Commands = { Decide(task.WorkflowExecution.WorkflowId, task.History.Events) },
                }
            );
            progress.Release();
        }
    }

    private async Task ActAsync()
    {
        var task = await server.CallAsync<PollActivityTaskQueueResponse>(
            new PollActivityTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = EngineHost.Queue("tq"),
                Identity = "worker",
            },
            Poll
        );
        if (!task.TaskToken.IsEmpty)
        {
            await server.CallAsync<RespondActivityTaskCompletedResponse>(
                new RespondActivityTaskCompletedRequest { Namespace = "default", TaskToken = task.TaskToken }
            );
            progress.Release();
        }
    }

    private IEnumerable<Command> Decide(string workflowId, IReadOnlyList<HistoryEvent> history)
    {
        bool Has(EventType type) => history.Any(e => e.EventType == type);
        return !Has(EventType.TimerStarted) ? [Activity(change: activity => activity.StartToCloseTimeout = Seconds(2)), Timer(seconds: 1)]
            : Has(EventType.ActivityTaskCompleted) && Has(EventType.TimerFired) && mayComplete?.Invoke(workflowId, history) != false
                ? [Complete()]
            : [];
    }
}
