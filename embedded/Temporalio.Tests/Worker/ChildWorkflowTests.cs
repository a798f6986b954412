using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class ChildWorkflowTests(WorkerHost host)
{
    [Theory]
    [InlineData("complete", "child said hello")]
    [InlineData("fail", "ApplicationFailureException: no")]
    [InlineData("twice", "WorkflowAlreadyStartedException: Child workflow already started")]
    [InlineData("cancel", "CanceledFailureException")]
    public Task A_parent_learns_how_its_child_ended(string scenario, string expected) => host.RunAsync<Parent>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Parent wf) => wf.RunAsync(scenario), WorkerHost.On(queue));
            Assert.StartsWith(expected, await handle.GetResultAsync(), StringComparison.Ordinal);
            await WorkerHost.AssertReplaysAsync<Parent>(handle);
        },
        options => options.AddWorkflow<Child>());

    [Fact]
    public Task A_workflow_signals_and_cancels_another() => host.RunAsync<Meddler>(
        async queue =>
        {
            var child = await host.Client.StartWorkflowAsync((Child wf) => wf.RunAsync("wait"), WorkerHost.On(queue));
            var handle = await host.Client.StartWorkflowAsync((Meddler wf) => wf.RunAsync(child.Id), WorkerHost.On(queue));
            var outcome = await handle.GetResultAsync();
            Assert.Contains("it was not found", outcome, StringComparison.Ordinal);
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => child.GetResultAsync());
            Assert.IsType<CanceledFailureException>(e.InnerException);
            Assert.True(WorkerHost.Has(await child.FetchHistoryAsync(), EventType.WorkflowExecutionSignaled));
            await WorkerHost.AssertReplaysAsync<Meddler>(handle);
        },
        options => options.AddWorkflow<Child>());

    [Workflow]
    public class Parent
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string scenario)
        {
            using var cancellation = new CancellationTokenSource();
            var options = new ChildWorkflowOptions
            {
                Id = $"{Workflow.Info.WorkflowId}-child",
                CancellationToken = cancellation.Token,
            };
            try
            {
                switch (scenario)
                {
                    case "twice":
                        await Workflow.StartChildWorkflowAsync((Child wf) => wf.RunAsync("wait"), options);
                        await Workflow.StartChildWorkflowAsync((Child wf) => wf.RunAsync("wait"), options);
                        return "no error";
                    case "cancel":
                        var child = await Workflow.StartChildWorkflowAsync((Child wf) => wf.RunAsync("wait"), options);
                        await child.SignalAsync(wf => wf.PokeAsync());
                        cancellation.Cancel();
                        return await child.GetResultAsync();
                    default:
                        return await Workflow.ExecuteChildWorkflowAsync((Child wf) => wf.RunAsync(scenario), options);
                }
            }
            catch (ChildWorkflowFailureException e)
            {
                return $"{e.InnerException!.GetType().Name}: {e.InnerException.Message}";
            }
            catch (WorkflowAlreadyStartedException e)
            {
                return $"{e.GetType().Name}: {e.Message}";
            }
        }
    }

    [Workflow]
    public class Child
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string scenario)
        {
            if (scenario == "fail")
            {
                throw new ApplicationFailureException("no");
            }
            if (scenario == "wait")
            {
                await Workflow.WaitConditionAsync(() => false);
            }
            return "child said hello";
        }

        [WorkflowSignal]
        public Task PokeAsync() => Task.CompletedTask;
    }

    [Workflow]
    public class Meddler
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string id)
        {
            var other = Workflow.GetExternalWorkflowHandle<Child>(id);
            await other.SignalAsync(wf => wf.PokeAsync());
            await other.CancelAsync();
            try
            {
                await Workflow.GetExternalWorkflowHandle<Child>("nobody").SignalAsync(wf => wf.PokeAsync());
                return "no error";
            }
            catch (ApplicationFailureException e)
            {
                return e.Message;
            }
        }
    }
}
