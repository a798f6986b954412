#pragma warning disable CS0618 // Obsolete, but as long as they are there they work.
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Tests.Grpc;
using BuildIdReachability = Temporalio.Api.TaskQueue.V1.BuildIdReachability;

namespace Temporalio.Tests.Client;

public sealed class BuildIdTests
{
    [Fact]
    public async Task Each_change_of_versions_is_sent_as_such()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(new UpdateWorkerBuildIdCompatibilityResponse()));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        await client.UpdateWorkerBuildIdCompatibilityAsync("tq", new BuildIdOp.AddNewDefault("1"));
        await client.UpdateWorkerBuildIdCompatibilityAsync("tq", new BuildIdOp.AddNewCompatible("2", "1", MakeSetDefault: true));
        await client.UpdateWorkerBuildIdCompatibilityAsync("tq", new BuildIdOp.PromoteSetByBuildId("3"));
        await client.UpdateWorkerBuildIdCompatibilityAsync("tq", new BuildIdOp.PromoteBuildIdWithinSet("4"));
        await client.UpdateWorkerBuildIdCompatibilityAsync("tq", new BuildIdOp.MergeSets("5", "6"));

        var sent = server.Calls.Select(each => UpdateWorkerBuildIdCompatibilityRequest.Parser.ParseFrom(each.Message)).ToList();
        Assert.All(sent, each => Assert.Equal("tq", each.TaskQueue));
        Assert.Equal("1", sent[0].AddNewBuildIdInNewDefaultSet);
        Assert.Equal(
            ("2", "1", true),
            (sent[1].AddNewCompatibleBuildId.NewBuildId, sent[1].AddNewCompatibleBuildId.ExistingCompatibleBuildId, sent[1].AddNewCompatibleBuildId.MakeSetDefault));
        Assert.Equal(("3", "4"), (sent[2].PromoteSetByBuildId, sent[3].PromoteBuildIdWithinSet));
        Assert.Equal(("5", "6"), (sent[4].MergeSets.PrimarySetBuildId, sent[4].MergeSets.SecondarySetBuildId));
    }

    [Fact]
    public async Task Versions_and_what_still_needs_them_are_read()
    {
        await using var server = await StubServer.StartAsync(call => call.ReplyAsync(call.Rpc == "GetWorkerTaskReachability"
            ? new GetWorkerTaskReachabilityResponse
            {
                BuildIdReachability =
                {
                    new BuildIdReachability
                    {
                        BuildId = "1",
                        TaskQueueReachability =
                        {
                            new TaskQueueReachability { TaskQueue = "needed", Reachability = { TaskReachability.NewWorkflows } },
                            new TaskQueueReachability { TaskQueue = "unknown", Reachability = { TaskReachability.Unspecified } },
                            new TaskQueueReachability { TaskQueue = "done" },
                        },
                    },
                },
            }
            : new GetWorkerBuildIdCompatibilityResponse { MajorVersionSets = { new CompatibleVersionSet { BuildIds = { "1", "2" } } } }));
        var client = await TemporalClient.ConnectAsync(new(server.TargetHost));

        var versions = await client.GetWorkerBuildIdCompatibilityAsync("tq", maxSets: 0);
        var reachability = (await client.GetWorkerTaskReachabilityAsync(["1"], [])).BuildIdReachability["1"];

        Assert.Equal("2", versions!.DefaultBuildId);
        Assert.Equal([TaskReachability.NewWorkflows], reachability.TaskQueueReachability["needed"]);
        Assert.Empty(reachability.TaskQueueReachability["done"]);
        Assert.Equal(["unknown"], reachability.UnretrievedTaskQueues);
    }
}
