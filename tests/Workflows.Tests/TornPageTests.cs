using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Api.Sdk.V1;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Tests;

/// <summary>Whose page cannot be shown at some of its turns.</summary>
[Workflow]
public sealed class TornPageWorkflow
{
    private const int NoFace = 1;
    private const int NoVersion = 2;
    private const int Last = 3;
    private int turn;

    [WorkflowRun]
    public async Task RunAsync()
    {
        _ = new WorkflowPage<int>(() => turn == NoVersion ? throw new InvalidOperationException("no version") : turn, Face).FollowAsync();
        await Workflow.WaitConditionAsync(() => turn == Last && Workflow.AllHandlersFinished);
    }

    [WorkflowUpdate]
    public Task TurnAsync(int to)
    {
        turn = to;
        return Task.CompletedTask;
    }

    private PageFace Face() =>
        turn == NoFace
            ? throw new InvalidOperationException("no face")
            : new(Guid.Empty, Guid.Empty, BusinessAttributes.OrderStatus, $"TURN_{turn}", null, $"turn {turn}", [], []);
}

public sealed class TornPageTests
{
    [Fact]
    public async Task A_page_that_cannot_be_shown_is_in_the_log_and_the_next_one_is_shown()
    {
        var log = new Lines();
        await using var environment = await TestTemporal.StartTimeSkippingAsync(attributes: BusinessAttributes.All);
        var options = new TemporalWorkerOptions("pages") { LoggerFactory = log }.AddWorkflow<TornPageWorkflow>();
        using var worker = new TemporalWorker(environment.Client, options);
        await worker.ExecuteAsync(
            async () =>
            {
                var torn = await environment.Client.StartWorkflowAsync(
                    (TornPageWorkflow workflow) => workflow.RunAsync(),
                    new("torn", "pages")
                );
                for (var turn = 1; turn <= 3; turn++)
                {
                    var to = turn;
                    await torn.ExecuteUpdateAsync(workflow => workflow.TurnAsync(to));
                }

                await torn.GetResultAsync();

                Assert.Equal("TURN_3", (await torn.DescribeAsync()).TypedSearchAttributes.Get(BusinessAttributes.OrderStatus));
                var page = await torn.QueryAsync<WorkflowMetadata>("__temporal_workflow_metadata", []);
                Assert.Contains("turn 3", page.CurrentDetails, StringComparison.Ordinal);
            },
            TestContext.Current.CancellationToken
        );

        Assert.Contains("The page of this workflow does not show what has happened: no face", log.Errors);
        Assert.Contains("The page of this workflow does not show what has happened: no version", log.Errors);
    }
}
