using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Client;

public sealed class UpdateAndQueryTests
{
    private const string TaskQueue = "baskets";

    [Fact]
    public Task An_update_returns_what_its_handler_returns() => WithWorkerAsync(async client =>
    {
        var basket = await StartAsync(client);

        var total = await basket.ExecuteUpdateAsync(each => each.AddAsync(2));
        var handle = await basket.StartUpdateAsync(each => each.AddAsync(3), new("second", WorkflowUpdateStage.Accepted));

        Assert.Equal(2, total);
        Assert.Equal(5, await handle.GetResultAsync());
        Assert.Equal(5, await basket.GetUpdateHandle<int>("second").GetResultAsync());
        Assert.Equal(5, await basket.ExecuteUpdateAsync(each => each.AddAsync(3), new("second")));
        Assert.Equal(5, await basket.QueryAsync(each => each.Total));
    });

    [Fact]
    public Task A_rejected_or_failed_update_says_why() => WithWorkerAsync(async client =>
    {
        var basket = await StartAsync(client);

        var rejected = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => basket.ExecuteUpdateAsync(each => each.AddAsync(-1)));
        var failed = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => basket.ExecuteUpdateAsync(each => each.AddAsync(1000)));

        Assert.Equal("nothing to add", rejected.InnerException!.Message);
        Assert.Equal("too much", Assert.IsType<ApplicationFailureException>(failed.InnerException).Message);
    });

    [Fact]
    public Task An_update_starts_the_workflow_that_it_needs() => WithWorkerAsync(async client =>
    {
        WithStartWorkflowOperation<WorkflowHandle<Basket, int>> Start() => WithStartWorkflowOperation.Create(
            (Basket each) => each.RunAsync(), new("b1", TaskQueue) { IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting });
        var first = Start();
        var second = Start();

        Assert.Equal(1, await client.ExecuteUpdateWithStartWorkflowAsync((Basket each) => each.AddAsync(1), new(first)));
        Assert.Equal(3, await client.ExecuteUpdateWithStartWorkflowAsync((Basket each) => each.AddAsync(2), new(second)));

        var handles = await Task.WhenAll(first.GetHandleAsync(), second.GetHandleAsync());
        Assert.Equal(handles[0].ResultRunId, handles[1].ResultRunId);
        await Assert.ThrowsAsync<ArgumentException>(() => client.ExecuteUpdateWithStartWorkflowAsync((Basket each) => each.AddAsync(2), new(second)));
    });

    [Fact]
    public Task An_update_with_start_that_may_not_meet_a_running_workflow_fails_for_both_waiters() => WithWorkerAsync(async client =>
    {
        await StartAsync(client);
        var start = WithStartWorkflowOperation.Create(
            (Basket each) => each.RunAsync(), new("b1", TaskQueue) { IdConflictPolicy = WorkflowIdConflictPolicy.Fail });

        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() =>
            client.ExecuteUpdateWithStartWorkflowAsync((Basket each) => each.AddAsync(1), new(start)));
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(start.GetHandleAsync);
    });

    [Fact]
    public Task A_query_that_fails_or_is_refused_says_so() => WithWorkerAsync(async client =>
    {
        var basket = await StartAsync(client);

        await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => basket.QueryAsync(each => each.Fail()));
        await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => basket.QueryAsync<int>("unknown", []));
        await basket.SignalAsync(each => each.CloseAsync());
        Assert.Equal(0, await basket.GetResultAsync());
        var refused = await Assert.ThrowsAsync<WorkflowQueryRejectedException>(() =>
            basket.QueryAsync(each => each.Total, new() { RejectCondition = QueryRejectCondition.NotOpen }));
        Assert.Equal(WorkflowExecutionStatus.Completed, refused.WorkflowStatus);
    });

    private static Task<WorkflowHandle<Basket, int>> StartAsync(ITemporalClient client) =>
        client.StartWorkflowAsync((Basket each) => each.RunAsync(), new("b1", TaskQueue));

    private static async Task WithWorkerAsync(Func<ITemporalClient, Task> test)
    {
        await using var environment = await WorkflowEnvironment.StartLocalAsync();
        using var worker = new TemporalWorker(environment.Client, new TemporalWorkerOptions(TaskQueue).AddWorkflow<Basket>());
        await worker.ExecuteAsync(() => test(environment.Client), TestContext.Current.CancellationToken);
    }

    [Workflow]
    public class Basket
    {
        private bool closed;

        [WorkflowQuery]
        public int Total { get; private set; }

        [WorkflowRun]
        public async Task<int> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => closed);
            return Total;
        }

        [WorkflowQuery]
        public int Fail() => throw new ApplicationFailureException("cannot say");

        [WorkflowSignal]
        public Task CloseAsync()
        {
            closed = true;
            return Task.CompletedTask;
        }

        [WorkflowUpdateValidator(nameof(AddAsync))]
        public void ValidateAdd(int amount)
        {
            if (amount <= 0)
            {
                throw new ApplicationFailureException("nothing to add");
            }
        }

        [WorkflowUpdate]
        public async Task<int> AddAsync(int amount)
        {
            await Workflow.DelayAsync(1);
            return amount < 100 ? Total += amount : throw new ApplicationFailureException("too much");
        }
    }
}
