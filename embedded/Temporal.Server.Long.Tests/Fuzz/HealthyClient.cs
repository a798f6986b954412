using System.Net;
using Temporal.Server.Tests.Grpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>Somebody who does ordinary work in a namespace of his own beside the noise, and must not notice it.</summary>
/// <param name="server">Where he works.</param>
/// <param name="unhurried">Whether time is real: on a clock that the noise turns forward, nothing with a time-out can be relied on.</param>
internal sealed class HealthyClient(IPEndPoint server, bool unhurried) : IDisposable
{
    public const string Namespace = "healthy";

    private static readonly TaskQueue Queue = new() { Name = "healthy" };

    private readonly GrpcCaller caller = new(server);

    /// <summary>Workflows that went through so far.</summary>
    public int Completed { get; private set; }

    /// <summary>Runs one workflow after the other until told to stop; each has an activity and a signal.</summary>
    public async Task WorkAsync(CancellationToken stop)
    {
        do
        {
            await RunOneAsync($"healthy-{Completed}");
            Completed++;
        } while (!stop.IsCancellationRequested);
    }

    public void Dispose() => caller.Dispose();

    private async Task RunOneAsync(string workflowId)
    {
        var execution = new WorkflowExecution { WorkflowId = workflowId };
        var started = await caller.CallAsync<StartWorkflowExecutionResponse>(
            new StartWorkflowExecutionRequest
            {
                Namespace = Namespace,
                WorkflowId = workflowId,
                WorkflowType = new WorkflowType { Name = "Healthy" },
                TaskQueue = Queue,
                RequestId = Guid.NewGuid().ToString(),
                WorkflowTaskTimeout = new() { Seconds = 120 },
            }
        );
        if (!unhurried)
        {
            await caller.CallAsync<TerminateWorkflowExecutionResponse>(
                new TerminateWorkflowExecutionRequest { Namespace = Namespace, WorkflowExecution = execution }
            );
            return;
        }

        await CompleteAsync(
            new Command
            {
                CommandType = CommandType.ScheduleActivityTask,
                ScheduleActivityTaskCommandAttributes = new()
                {
                    ActivityId = "1",
                    ActivityType = new ActivityType { Name = "A" },
                    TaskQueue = Queue,
                    StartToCloseTimeout = new() { Seconds = 60 },
                },
            }
        );
        var activity = await caller.CallAsync<PollActivityTaskQueueResponse>(
            new PollActivityTaskQueueRequest
            {
                Namespace = Namespace,
                TaskQueue = Queue,
                Identity = "healthy",
            }
        );
        Assert.Equal(started.RunId, activity.WorkflowExecution?.RunId);
        await caller.CallAsync<RespondActivityTaskCompletedResponse>(
            new RespondActivityTaskCompletedRequest { Namespace = Namespace, TaskToken = activity.TaskToken }
        );
        await CompleteAsync(
            new Command
            {
                CommandType = CommandType.RecordMarker,
                RecordMarkerCommandAttributes = new() { MarkerName = "m" },
            }
        );
        await caller.CallAsync<SignalWorkflowExecutionResponse>(
            new SignalWorkflowExecutionRequest
            {
                Namespace = Namespace,
                WorkflowExecution = execution,
                SignalName = "s",
            }
        );
        await CompleteAsync(
            new Command { CommandType = CommandType.CompleteWorkflowExecution, CompleteWorkflowExecutionCommandAttributes = new() }
        );
        var history = await caller.CallAsync<GetWorkflowExecutionHistoryResponse>(
            new GetWorkflowExecutionHistoryRequest { Namespace = Namespace, Execution = execution }
        );
        Assert.Equal(EventType.WorkflowExecutionCompleted, history.History.Events[^1].EventType);
    }

    private async Task CompleteAsync(Command command)
    {
        var task = await caller.CallAsync<PollWorkflowTaskQueueResponse>(
            new PollWorkflowTaskQueueRequest
            {
                Namespace = Namespace,
                TaskQueue = Queue,
                Identity = "healthy",
            }
        );
        Assert.False(task.TaskToken.IsEmpty, "a workflow task did not come in time");
        await caller.CallAsync<RespondWorkflowTaskCompletedResponse>(
            new RespondWorkflowTaskCompletedRequest
            {
                Namespace = Namespace,
                TaskToken = task.TaskToken,
                Commands = { command },
            }
        );
    }
}
