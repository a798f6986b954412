using Temporal.Server.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// A parent asks a stranger to cancel, continues as new, and so closes its children, one by force and one by request. The server dies at
/// every commit of that once, before and after it.
/// </summary>
public sealed class CrashOfFamiliesTests
{
    private static readonly Dictionary<string, WorkflowExecutionStatus> Ends = new()
    {
        ["parent"] = WorkflowExecutionStatus.Completed,
        ["forced"] = WorkflowExecutionStatus.Terminated,
        ["asked"] = WorkflowExecutionStatus.Canceled,
        ["stranger"] = WorkflowExecutionStatus.Canceled,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_crash_between_any_two_runs_loses_nothing_and_doubles_nothing(bool crashAfterCommit) =>
        new CrashPlay(PlayRoundAsync, CheckAsync).RunAsync(crashAfterCommit);

    // The workers and the client, until all have ended.
    private static async Task<bool> PlayRoundAsync(EngineHost server)
    {
        await StartOnceAsync(server, "stranger");
        await StartOnceAsync(server, "parent");
        if (await HaveEndedAsync(server))
        {
            return true;
        }

        await CrashPlay.DecideAsync(server, Decide);
        return false;
    }

    private static async Task StartOnceAsync(EngineHost server, string workflowId)
    {
        try
        {
            await server.StartAsync(workflowId, request =>
                (request.RequestId, request.WorkflowIdReusePolicy) = (workflowId, WorkflowIdReusePolicy.RejectDuplicate)
            );
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.AlreadyExists)
        {
            // The parent's next run, which no request started.
            return;
        }
    }

    private static async Task<bool> HaveEndedAsync(EngineHost server)
    {
        foreach (var (workflowId, status) in Ends)
        {
            try
            {
                if ((await server.DescribeAsync(workflowId)).WorkflowExecutionInfo.Status != status)
                {
                    return false;
                }
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                return false;
            }
        }

        return true;
    }

    private static Command[] Decide(PollWorkflowTaskQueueResponse task)
    {
        int Count(EventType type) => task.History.Events.Count(e => e.EventType == type);
        var started = task.History.Events[0].WorkflowExecutionStartedEventAttributes;
        if (task.WorkflowExecution.WorkflowId != "parent")
        {
            return Count(EventType.WorkflowExecutionCancelRequested) > 0 ? [Cancel()] : [];
        }

        if (started.ContinuedExecutionRunId.Length > 0)
        {
            return [Complete()];
        }

        if (Count(EventType.StartChildWorkflowExecutionInitiated) == 0)
        {
            return
            [
                Child("forced", ParentClosePolicy.Terminate),
                Child("asked", ParentClosePolicy.RequestCancel),
                CancelExternal("stranger"),
            ];
        }

        return Count(EventType.ChildWorkflowExecutionStarted) == 2 && Count(EventType.ExternalWorkflowExecutionCancelRequested) == 1
            ? [ContinueAsNew()]
            : [];
    }

    private static Command Cancel() =>
        new()
        {
            CommandType = CommandType.CancelWorkflowExecution,
            CancelWorkflowExecutionCommandAttributes = new CancelWorkflowExecutionCommandAttributes(),
        };

    private static async Task CheckAsync(EngineHost server, string said)
    {
        var last = await server.HistoryAsync("parent");
        var first = await server.HistoryAsync("parent", last[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId);
        Assert.Empty(first[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId);
        Occurrences.AssertOnce(first, said, EventType.ExternalWorkflowExecutionCancelRequested);
        Occurrences.AssertOnce(first, said, EventType.WorkflowExecutionContinuedAsNew);
        Assert.Equal(2, first.Count(e => e.EventType == EventType.ChildWorkflowExecutionStarted));
        Occurrences.AssertOnce(await server.HistoryAsync("stranger"), said, EventType.WorkflowExecutionCancelRequested);
        Occurrences.AssertOnce(await server.HistoryAsync("asked"), said, EventType.WorkflowExecutionCancelRequested);
        Occurrences.AssertOnce(await server.HistoryAsync("forced"), said, EventType.WorkflowExecutionTerminated);
        Assert.Equal(
            5,
            (await server.CallAsync<CountWorkflowExecutionsResponse>(new CountWorkflowExecutionsRequest { Namespace = "default" })).Count
        );
    }
}
