using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

/// <summary>The search attribute that tells which builds of a worker worked on a run.</summary>
public sealed class BuildIdTests
{
    [Fact]
    public async Task Each_build_that_completed_a_task_is_told_once_beside_the_workflow_s_own_attributes()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.SearchAttributes = new SearchAttributes { IndexedFields = { ["Colour"] = Json("red") } });
        Assert.Null(await BuildsAsync(server));
        foreach (var build in new[] { "first+1", "first+1", "second" })
        {
            var task = await server.PollWorkflowAsync();
            await server.CompleteAsync(task, r => r.WorkerVersionStamp = new WorkerVersionStamp { BuildId = build });
            await server.SignalAsync("w");
        }

        Assert.Equal("""["unversioned","unversioned:first+1","unversioned:second"]""", await BuildsAsync(server));
        Assert.Equal("\"red\"", (await InfoAsync(server)).SearchAttributes.IndexedFields["Colour"].Data.ToStringUtf8());
        Assert.Single((await ListAsync(server, "BuildIds = 'unversioned:first+1' AND BuildIds = 'unversioned'")).Executions);
        Assert.Empty((await ListAsync(server, "BuildIds = 'unversioned:third'")).Executions);
    }

    [Fact]
    public async Task A_worker_that_names_no_build_is_told_as_unversioned()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");

        await server.StepAsync(Timer());

        Assert.Equal("""["unversioned"]""", await BuildsAsync(server));
    }

    [Fact]
    public async Task The_next_run_begins_without_builds()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");

        await server.StepAsync(ContinueAsNew());

        Assert.Null(await BuildsAsync(server));
    }

    [Fact]
    public async Task When_the_builds_are_too_many_the_oldest_are_left_out()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        foreach (var letter in "abc")
        {
            var task = await server.PollWorkflowAsync();
            await server.CompleteAsync(task, r => r.WorkerVersionStamp = new WorkerVersionStamp { BuildId = new string(letter, 900) });
            await server.SignalAsync("w");
        }

        Assert.Equal(
            $"""["unversioned","unversioned:{new string('b', 900)}","unversioned:{new string('c', 900)}"]""",
            await BuildsAsync(server)
        );
    }

    private static async Task<string?> BuildsAsync(EngineHost server) =>
        (await InfoAsync(server)).SearchAttributes.IndexedFields.TryGetValue("BuildIds", out var builds)
            ? builds.Data.ToStringUtf8()
            : null;

    private static async Task<Temporalio.Api.Workflow.V1.WorkflowExecutionInfo> InfoAsync(EngineHost server) =>
        (await server.DescribeAsync("w")).WorkflowExecutionInfo;

    private static Task<ListWorkflowExecutionsResponse> ListAsync(EngineHost server, string query) =>
        server.CallAsync<ListWorkflowExecutionsResponse>(new ListWorkflowExecutionsRequest { Namespace = "default", Query = query });
}
