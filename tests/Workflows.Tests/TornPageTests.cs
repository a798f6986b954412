using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Api.Sdk.V1;
using Temporalio.Client;
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
    private bool isMended;

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

    // What makes another page of the same version.
    [WorkflowUpdate]
    public Task MendAsync()
    {
        isMended = true;
        return Task.CompletedTask;
    }

    private PageFace Face() =>
        turn == NoFace && !isMended
            ? throw new InvalidOperationException("no face")
            : new(Guid.Empty, Guid.Empty, BusinessAttributes.OrderStatus, $"TURN_{turn}", null, $"turn {turn}", [], []);
}

public sealed class TornPageTests
{
    [Theory]
    [InlineData(1, "no face")]
    [InlineData(2, "no version")]
    public async Task A_page_that_cannot_be_shown_is_in_the_log_once_however_often_it_is_tried(int torn, string fault)
    {
        var log = new Lines();
        await InWorkflowAsync(log, async workflow =>
        {
            for (var time = 0; time < 5; time++)
            {
                await workflow.ExecuteUpdateAsync(page => page.TurnAsync(torn));
            }

            await workflow.ExecuteUpdateAsync(page => page.TurnAsync(0));
            await workflow.ExecuteUpdateAsync(page => page.TurnAsync(torn));
        });

        Assert.Equal(2, log.Errors.Count(line => line.EndsWith(fault, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_that_could_not_be_shown_is_tried_again()
    {
        await InWorkflowAsync(new Lines(), async workflow =>
        {
            await workflow.ExecuteUpdateAsync(page => page.TurnAsync(1));
            await workflow.ExecuteUpdateAsync(page => page.MendAsync());

            Assert.Equal("TURN_1", (await workflow.DescribeAsync()).TypedSearchAttributes.Get(BusinessAttributes.OrderStatus));
        });
    }

    [Fact]
    public async Task A_page_that_cannot_be_shown_is_in_the_log_and_the_next_one_is_shown()
    {
        var log = new Lines();
        await InWorkflowAsync(
            log,
            async workflow =>
            {
                for (var turn = 1; turn <= 2; turn++)
                {
                    var to = turn;
                    await workflow.ExecuteUpdateAsync(page => page.TurnAsync(to));
                }
            },
            async workflow =>
            {
                Assert.Equal("TURN_3", (await workflow.DescribeAsync()).TypedSearchAttributes.Get(BusinessAttributes.OrderStatus));
                var page = await workflow.QueryAsync<WorkflowMetadata>("__temporal_workflow_metadata", []);
                Assert.Contains("turn 3", page.CurrentDetails, StringComparison.Ordinal);
            }
        );

        Assert.Contains("The page of this workflow does not show what has happened: no face", log.Errors);
        Assert.Contains("The page of this workflow does not show what has happened: no version", log.Errors);
    }

    // Until its last turn, and after it.
    private static async Task InWorkflowAsync(
        Lines log,
        Func<WorkflowHandle<TornPageWorkflow>, Task> act,
        Func<WorkflowHandle<TornPageWorkflow>, Task>? look = null
    )
    {
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
                await act(torn);
                await torn.ExecuteUpdateAsync(workflow => workflow.TurnAsync(3));
                await torn.GetResultAsync();
                if (look is not null)
                {
                    await look(torn);
                }
            },
            TestContext.Current.CancellationToken
        );
    }
}
