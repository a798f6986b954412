using TemporalDelivery.Tests.Postgres;
using TemporalDelivery.Tests.Temporal.Costs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>The counting of what a workflow costs, against histories that a genuine server (1.32.0) recorded and counted.</summary>
public sealed class WorkflowCostTests
{
    [Theory]
    [InlineData("delivery-01", 59, 29, 10, 1 + 5 + 3 + 2 + 1)]
    [InlineData("delivery-02", 74, 38, 13, 1 + 7 + 2 + 2 + 1)]
    [InlineData("order-03", 35, 18, 6, 1 + 5)]
    [InlineData("order-04", 53, 27, 9, 1 + 8)]
    [InlineData("order-05", 71, 36, 12, 1 + 11)]
    [InlineData("order-06", 78, 39, 13, 1 + 11 + 1 + 1)]
    [InlineData("order-07", 84, 47, 15, 1 + 11 + 1 + 1)]
    [InlineData("order-08", 90, 50, 16, 1 + 12 + 1 + 1)]
    [InlineData("order-09", 91, 50, 16, 1 + 11 + 1 + 1 + 2)]
    [InlineData("order-10", 97, 53, 17, 1 + 12 + 1 + 1 + 2)]
    [InlineData("order-11", 107, 65, 20, 1 + 12 + 3 + 2)]
    [InlineData("voucher-12", 17, 10, 3, 1 + 2)]
    public void A_recorded_history_costs_what_the_genuine_server_counted(
        string name,
        int events,
        int transitions,
        int tasks,
        int startActivitiesTimersSignalsUpdatesChildren
    ) =>
        Assert.Equal(
            new WorkflowCost(events, tasks, transitions, startActivitiesTimersSignalsUpdatesChildren),
            WorkflowCost.Of(Recorded(name))
        );

    [Fact]
    public void An_activity_that_had_to_wait_for_its_worker_costs_one_more_transition_and_a_failed_attempt_two_and_an_action()
    {
        var eager = WorkflowCost.Of(Recorded("voucher-12"));
        var waited = Recorded("voucher-12");
        waited.First(IsActivityStart).EventTime.Seconds++;
        var failed = Recorded("voucher-12");
        failed.First(IsActivityStart).ActivityTaskStartedEventAttributes.Attempt = 2;

        Assert.Equal(eager with { Transitions = eager.Transitions + 1 }, WorkflowCost.Of(waited));
        Assert.Equal(eager with { Transitions = eager.Transitions + 2, Actions = eager.Actions + 1 }, WorkflowCost.Of(failed));
    }

    [Fact]
    public void Local_activities_are_billed_once_for_each_workflow_task_and_take_no_transition_of_their_own()
    {
        var one = Recorded("voucher-12");
        var tasks = one.Where(e => e.EventType == EventType.WorkflowTaskCompleted).Select(e => e.EventId).Order().Take(2).ToList();
        var without = WorkflowCost.Of(one);
        foreach (var task in (long[])[tasks[0], tasks[0], tasks[1]])
        {
            one.Add(LocalActivity(task));
        }

        Assert.Equal(without with { Events = without.Events + 3, Actions = without.Actions + 2 }, WorkflowCost.Of(one));
    }

    [Fact]
    public void Costs_add_up() =>
        Assert.Equal(new WorkflowCost(11, 22, 33, 44), new WorkflowCost(1, 2, 3, 4) + new WorkflowCost(10, 20, 30, 40));

    private static bool IsActivityStart(HistoryEvent e) => e.EventType == EventType.ActivityTaskStarted;

    private static HistoryEvent LocalActivity(long workflowTaskCompleted) =>
        new()
        {
            EventType = EventType.MarkerRecorded,
            MarkerRecordedEventAttributes = new()
            {
                MarkerName = "core_local_activity",
                WorkflowTaskCompletedEventId = workflowTaskCompleted,
            },
        };

    private static List<HistoryEvent> Recorded(string name)
    {
        var file = Path.Combine(PostgresServer.RepositoryRoot, "tests/Temporal/Histories", $"{name}.json");
        return [.. WorkflowHistory.FromJson(name, File.ReadAllText(file)).Events];
    }
}
