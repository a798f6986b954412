using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class UpdateTests(WorkerHost host)
{
    [Fact]
    public Task Updates_are_validated_handled_and_replayed() => host.RunAsync<Basket>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Basket wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal(1, await handle.ExecuteUpdateAsync(wf => wf.AddAsync("book")));
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(
            () => handle.ExecuteUpdateAsync(wf => wf.AddAsync(string.Empty)));
        Assert.Equal("nothing to add", refused.InnerException!.Message);
        var failed = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(
            () => handle.ExecuteUpdateAsync(wf => wf.AddAsync("poison")));
        Assert.Equal("poisoned", failed.InnerException!.Message);
        Assert.Equal(2, await handle.ExecuteUpdateAsync(wf => wf.AddLaterAsync("lamp")));
        await handle.SignalAsync(wf => wf.CloseAsync());
        Assert.Equal(["book", "lamp"], await handle.GetResultAsync());
        var history = await handle.FetchHistoryAsync();
        Assert.Equal(3, history.Events.Count(e => e.EventType == EventType.WorkflowExecutionUpdateAccepted));
        await WorkerHost.AssertReplaysAsync<Basket>(handle);
    });

    [Fact]
    public Task An_update_without_handler_is_refused() => host.RunAsync<Basket>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Basket wf) => wf.RunAsync(), WorkerHost.On(queue));
        var e = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync("Nope", []));
        Assert.Contains("known updates: [Add AddLater]", e.InnerException!.Message, StringComparison.Ordinal);
        await handle.SignalAsync(wf => wf.CloseAsync());
        await handle.GetResultAsync();
    });

    [Fact]
    public Task An_update_finds_its_workflow_after_the_cache_is_gone() => host.RunAsync<Basket>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Basket wf) => wf.RunAsync(), WorkerHost.On(queue));
            Assert.Equal(1, await handle.ExecuteUpdateAsync(wf => wf.AddAsync("book")));
            Assert.Equal(2, await handle.ExecuteUpdateAsync(wf => wf.AddLaterAsync("lamp")));
            await handle.SignalAsync(wf => wf.CloseAsync());
            Assert.Equal(["book", "lamp"], await handle.GetResultAsync());
        },
        options => options.MaxCachedWorkflows = 0);

    [Theory]
    [InlineData(1000)]
    [InlineData(0)]
    public Task A_refused_update_leaves_no_events_and_the_worker_goes_on_from_before_it(int cached) => host.RunAsync<Basket>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Basket wf) => wf.RunAsync(), WorkerHost.On(queue));
            Assert.Equal(1, await handle.ExecuteUpdateAsync(wf => wf.AddAsync("book")));
            var before = (await handle.FetchHistoryAsync()).Events.Count;
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(wf => wf.AddAsync(string.Empty)));
            }
            Assert.Equal(before, (await handle.FetchHistoryAsync()).Events.Count);
            Assert.Equal(2, await handle.ExecuteUpdateAsync(wf => wf.AddLaterAsync("lamp")));
            await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(wf => wf.AddAsync(string.Empty)));
            await handle.SignalAsync(wf => wf.CloseAsync());
            Assert.Equal(["book", "lamp"], await handle.GetResultAsync());
            Assert.DoesNotContain((await handle.FetchHistoryAsync()).Events, e => e.EventType == EventType.WorkflowTaskFailed);
            await WorkerHost.AssertReplaysAsync<Basket>(handle);
        },
        options => options.MaxCachedWorkflows = cached);

    [Workflow]
    public class Basket
    {
        private readonly List<string> items = [];
        private bool closed;

        [WorkflowRun]
        public async Task<List<string>> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => closed && Workflow.AllHandlersFinished);
            return items;
        }

        [WorkflowUpdate]
        public Task<int> AddAsync(string item)
        {
            if (item == "poison")
            {
                throw new ApplicationFailureException("poisoned");
            }
            items.Add(item);
            return Task.FromResult(items.Count);
        }

        [WorkflowUpdateValidator(nameof(AddAsync))]
        public void ValidateAdd(string item)
        {
            if (item.Length == 0)
            {
                throw new ApplicationFailureException("nothing to add");
            }
        }

        [WorkflowUpdate]
        public async Task<int> AddLaterAsync(string item)
        {
            await Workflow.DelayAsync(1);
            items.Add(item);
            return items.Count;
        }

        [WorkflowSignal]
        public Task CloseAsync()
        {
            closed = true;
            return Task.CompletedTask;
        }
    }
}
