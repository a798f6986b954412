using TemporalDelivery.Workflows.Reconciliation;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>Workflows in flight survive a change: the histories that every version since 1.0.0 has written replay.</summary>
public sealed class HistoryTests
{
    public static TheoryData<string> Versions => [.. HistoryArchive.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_course_of_events_of_a_version_replays(string version)
    {
        var histories = HistoryArchive.Read(version);
        var replayer = new WorkflowReplayer(OpenShop.Workflows().AddWorkflow<ReconciliationWorkflow>());

        var failures = new List<string>();
        foreach (var history in histories)
        {
            var result = await replayer.ReplayWorkflowAsync(history, throwOnReplayFailure: false);
            if (result.ReplayFailure is { } failure)
            {
                failures.Add($"{history.Id}: {failure.Message}");
            }
        }

        Assert.Empty(failures);
        Assert.Superset(
            new HashSet<string> { "OrderWorkflow", "DeliveryWorkflow", "ReconciliationWorkflow" },
            histories.Select(history => history.Id.Split('-')[0]).ToHashSet()
        );
    }

    [Fact]
    public async Task An_order_that_is_charged_before_it_is_admitted_does_not_replay()
    {
        var replayer = new WorkflowReplayer(OpenShop.ReplayerOptions().AddWorkflow<SwappedOrderWorkflow>());
        var order = HistoryArchive.Read("1.0.0").First(history => history.Id.StartsWith("OrderWorkflow", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => replayer.ReplayWorkflowAsync(order));

        Assert.Contains("LocalActivity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_that_is_recorded_before_it_is_booked_does_not_replay()
    {
        var replayer = new WorkflowReplayer(OpenShop.ReplayerOptions().AddWorkflow<SwappedDeliveryWorkflow>());
        var delivery = HistoryArchive.Read("1.0.0").First(history => history.Id.StartsWith("DeliveryWorkflow", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => replayer.ReplayWorkflowAsync(delivery));

        Assert.Contains("ActivityTaskScheduled", error.Message, StringComparison.Ordinal);
    }
}
