using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// A parent asks a stranger to cancel, continues as new, and so closes its children, one by force and one by request. The server dies at
/// every commit of that once, before and after it.
/// </summary>
public sealed class CrashOfFamiliesTests
{
    private const int MoreCommitsThanItTakes = 60;
    private const int MoreRoundsThanItTakes = 300;

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
    public async Task A_crash_between_any_two_runs_loses_nothing_and_doubles_nothing(bool crashAfterCommit)
    {
        for (var crashAt = 1; crashAt < MoreCommitsThanItTakes; crashAt++)
        {
            var memory = new InMemoryStore();
            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            if (!await PlayAsync(crashing, () => crashing.Crashed))
            {
                Assert.True(await PlayAsync(memory, () => false), $"the second server finishes what the first left at commit {crashAt}");
            }

            await CheckAsync(memory, $"crash at {crashAt}");
            if (!crashing.Crashed)
            {
                return;
            }
        }

        Assert.Fail("the scenario takes more commits than expected");
    }

    // Plays the workers and the client until all have ended; false when the server crashed before.
    private static async Task<bool> PlayAsync(IExecutionStore store, Func<bool> crashed)
    {
        await using var server = await EngineHost.StartAsync(store);
        for (var round = 0; !crashed(); round++)
        {
            Assert.True(round < MoreRoundsThanItTakes, "stuck");
            try
            {
                await StartOnceAsync(server, "stranger");
                await StartOnceAsync(server, "parent");
                if (await HaveEndedAsync(server))
                {
                    return true;
                }

                var task = await server.PollWorkflowAsync(wait: TimeSpan.FromMilliseconds(20));
                if (task.TaskToken.IsEmpty)
                {
                    // Whatever the crash swallowed times out and comes again.
                    server.Advance(TimeSpan.FromSeconds(11));
                    continue;
                }

                await server.CompleteAsync(task, Decide(task));
            }
            catch (Exception error) when (crashed() || error is RpcException { StatusCode: StatusCode.NotFound or StatusCode.InvalidArgument })
            {
                // The server is dead, a child is not there yet, or somebody's task was out of date.
                continue;
            }
        }

        return false;
    }

    private static async Task StartOnceAsync(EngineHost server, string workflowId)
    {
        try
        {
            await server.StartAsync(workflowId, request => (request.RequestId, request.WorkflowIdReusePolicy) = (workflowId, WorkflowIdReusePolicy.RejectDuplicate));
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
            return [Child("forced", ParentClosePolicy.Terminate), Child("asked", ParentClosePolicy.RequestCancel), CancelExternal("stranger")];
        }

        return Count(EventType.ChildWorkflowExecutionStarted) == 2 && Count(EventType.ExternalWorkflowExecutionCancelRequested) == 1 ? [ContinueAsNew()] : [];
    }

    private static Command Cancel() => new()
    {
        CommandType = CommandType.CancelWorkflowExecution,
        CancelWorkflowExecutionCommandAttributes = new CancelWorkflowExecutionCommandAttributes(),
    };

    private static async Task CheckAsync(InMemoryStore memory, string said)
    {
        await using var server = await EngineHost.StartAsync(memory);
        var last = await server.HistoryAsync("parent");
        var first = await server.HistoryAsync("parent", last[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId);
        Assert.Empty(first[0].WorkflowExecutionStartedEventAttributes.ContinuedExecutionRunId);
        Once(first, EventType.ExternalWorkflowExecutionCancelRequested, said);
        Once(first, EventType.WorkflowExecutionContinuedAsNew, said);
        Assert.Equal(2, first.Count(e => e.EventType == EventType.ChildWorkflowExecutionStarted));
        Once(await server.HistoryAsync("stranger"), EventType.WorkflowExecutionCancelRequested, said);
        Once(await server.HistoryAsync("asked"), EventType.WorkflowExecutionCancelRequested, said);
        Once(await server.HistoryAsync("forced"), EventType.WorkflowExecutionTerminated, said);
        Assert.Equal(5, (await server.CallAsync<CountWorkflowExecutionsResponse>(new CountWorkflowExecutionsRequest { Namespace = "default" })).Count);
    }

    private static void Once(IReadOnlyList<HistoryEvent> events, EventType type, string said) =>
        Assert.True(events.Count(e => e.EventType == type) == 1, $"{type} once; {said}: {string.Join(' ', events.Select(e => e.EventType))}");
}
