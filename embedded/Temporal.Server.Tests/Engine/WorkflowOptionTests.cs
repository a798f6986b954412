using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporal.Server.Tests.Engine.Commands;

namespace Temporal.Server.Tests.Engine;

public sealed class WorkflowOptionTests
{
    [Fact]
    public async Task Changed_options_are_an_event_shown_and_passed_on()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.Priority = new Priority { PriorityKey = 4, FairnessKey = "tenant" });
        var task = await server.PollWorkflowAsync();
        var options = await UpdateAsync(
            server,
            new WorkflowExecutionOptions
            {
                Priority = new Priority { PriorityKey = 1 },
                VersioningOverride = new VersioningOverride { AutoUpgrade = true },
            },
            "priority.priority_key",
            "versioningOverride"
        );
        Assert.Equal(new Priority { PriorityKey = 1, FairnessKey = "tenant" }, options.Priority);
        await server.CompleteAsync(task, Marker());
        Assert.EndsWith(
            "WorkflowTaskCompleted MarkerRecorded WorkflowExecutionOptionsUpdated WorkflowTaskScheduled",
            await server.TypesAsync("w"),
            StringComparison.Ordinal
        );
        // Workers that are older than the event pass it over.
        Assert.Equal(
            [EventType.WorkflowExecutionOptionsUpdated],
            (await server.HistoryAsync("w")).Where(e => e.WorkerMayIgnore).Select(e => e.EventType)
        );

        var info = (await server.DescribeAsync("w")).WorkflowExecutionInfo;
        Assert.Equal((options.Priority, true), (info.Priority, info.VersioningInfo.VersioningOverride.AutoUpgrade));
        await server.StepAsync(ContinueAsNew());
        Assert.Equal(options.Priority, (await server.DescribeAsync("w")).WorkflowExecutionInfo.Priority);
    }

    [Fact]
    public async Task An_override_is_taken_away_by_naming_it_and_giving_none()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        await UpdateAsync(
            server,
            new WorkflowExecutionOptions { VersioningOverride = new VersioningOverride { AutoUpgrade = true } },
            "versioning_override"
        );
        await UpdateAsync(server, new WorkflowExecutionOptions(), "versioning_override");
        var updated = (await server.HistoryAsync("w"))[^1].WorkflowExecutionOptionsUpdatedEventAttributes;
        Assert.True(updated.UnsetVersioningOverride);
        Assert.Null((await server.DescribeAsync("w")).WorkflowExecutionInfo.VersioningInfo);
    }

    [Fact]
    public async Task Options_that_change_nothing_leave_no_event()
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w", r => r.Priority = new Priority { PriorityKey = 2 });
        await UpdateAsync(server, new WorkflowExecutionOptions { Priority = new Priority { PriorityKey = 2 } }, "priority");
        Assert.DoesNotContain(await server.HistoryAsync("w"), e => e.EventType == EventType.WorkflowExecutionOptionsUpdated);
    }

    [Theory]
    [InlineData("versioning_override.pinned", StatusCode.InvalidArgument)]
    [InlineData("nonsense", StatusCode.InvalidArgument)]
    [InlineData("time_skipping_config", StatusCode.Unimplemented)]
    public async Task What_cannot_be_changed_is_refused(string path, StatusCode expected)
    {
        await using var server = await EngineHost.StartAsync();
        await server.StartAsync("w");
        var error = await Assert.ThrowsAsync<RpcException>(() => UpdateAsync(server, new WorkflowExecutionOptions(), path));
        Assert.Equal(expected, error.StatusCode);
    }

    private static async Task<WorkflowExecutionOptions> UpdateAsync(
        EngineHost server,
        WorkflowExecutionOptions options,
        params string[] paths
    ) =>
        (
            await server.CallAsync<UpdateWorkflowExecutionOptionsResponse>(
                new UpdateWorkflowExecutionOptionsRequest
                {
                    Namespace = "default",
                    WorkflowExecution = new WorkflowExecution { WorkflowId = "w" },
                    WorkflowExecutionOptions = options,
                    UpdateMask = new FieldMask { Paths = { paths } },
                }
            )
        ).WorkflowExecutionOptions;
}
