using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>
/// Plays a story on servers that die: once at each of its commits, before or after it, with a second server that finishes what the first
/// has left. A story is told in rounds, each of which asks for everything again that may have been lost.
/// </summary>
/// <param name="roundAsync">One round; whether the story has come to its end.</param>
/// <param name="checkAsync">Looks at what has come of it, on a third server; is told where the crash was.</param>
internal sealed class CrashPlay(Func<EngineHost, Task<bool>> roundAsync, Func<EngineHost, string, Task> checkAsync)
{
    private const int MoreCommitsThanItTakes = 60;
    private const int MoreRoundsThanItTakes = 3000;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    /// <summary>Plays the story once for each commit that it takes.</summary>
    /// <param name="crashAfterCommit">Whether the commit at which the server dies is carried out.</param>
    public async Task RunAsync(bool crashAfterCommit)
    {
        for (var crashAt = 1; crashAt < MoreCommitsThanItTakes; crashAt++)
        {
            var memory = new InMemoryStore();
            var crashing = new CrashingStore(memory, crashAt, crashAfterCommit);
            if (!await PlayAsync(crashing, () => crashing.Crashed))
            {
                Assert.True(await PlayAsync(memory, () => false), $"the second server finishes what the first left at commit {crashAt}");
            }

            await using var reader = await EngineHost.StartAsync(memory);
            await checkAsync(reader, $"crash at {crashAt}");
            if (!crashing.Crashed)
            {
                return;
            }
        }

        Assert.Fail("the story takes more commits than expected");
    }

    /// <summary>
    /// Lets a worker take the next workflow task. When there is none, what the crash has swallowed times out and comes again.
    /// </summary>
    public static async Task DecideAsync(EngineHost server, Func<PollWorkflowTaskQueueResponse, Command[]> decide)
    {
        var task = await server.PollWorkflowAsync(wait: Moment);
        if (task.TaskToken.IsEmpty)
        {
            server.Advance(TimeSpan.FromSeconds(11));
            return;
        }

        await server.CompleteAsync(task, decide(task));
    }

    // False when the server crashed before the end of the story.
    private async Task<bool> PlayAsync(IExecutionStore store, Func<bool> crashed)
    {
        await using var server = await EngineHost.StartAsync(store);
        for (var round = 0; !crashed(); round++)
        {
            Assert.True(round < MoreRoundsThanItTakes, round < MoreRoundsThanItTakes ? "" : await StuckAsync(server));
            try
            {
                if (await roundAsync(server))
                {
                    return true;
                }
            }
            catch (Exception error)
                when (crashed() || error is RpcException { StatusCode: StatusCode.NotFound or StatusCode.InvalidArgument })
            {
                // The server is dead, somebody is not there yet, or somebody's task was out of date.
                continue;
            }
        }

        return false;
    }

    private static async Task<string> StuckAsync(EngineHost server)
    {
        var all = await server.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default" });
        var histories = new List<string>();
        foreach (var run in all.Executions.Select(info => info.Execution))
        {
            histories.Add($"{run.WorkflowId}: {await server.TypesAsync(run.WorkflowId, run.RunId)}");
        }

        return $"stuck: {string.Join("; ", histories)}";
    }
}
