using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class BasicWorkflowTests(WorkerHost host)
{
    [Fact]
    public Task A_workflow_with_an_activity_a_timer_a_signal_and_a_query_completes_and_replays() =>
        host.RunAsync<Greeting>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Greeting wf) => wf.RunAsync("Ada"), WorkerHost.On(queue));
                await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerFired));
                Assert.Equal("waiting for Ada", await handle.QueryAsync(wf => wf.State()));
                await handle.SignalAsync(wf => wf.ApproveAsync("yes"));
                Assert.Equal("Hello, Ada: yes", await handle.GetResultAsync());
                Assert.Equal("done", await handle.QueryAsync(wf => wf.State()));
                await WorkerHost.AssertReplaysAsync<Greeting>(handle);
            },
            options => options.AddActivity(Greeting.Greet));

    [Fact]
    public Task A_history_whose_steps_are_swapped_fails_to_replay_with_both_names() =>
        host.RunAsync<Greeting>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Greeting wf) => wf.RunAsync("Ada"), WorkerHost.On(queue));
                await handle.SignalAsync(wf => wf.ApproveAsync("yes"));
                await handle.GetResultAsync();
                var history = await handle.FetchHistoryAsync();
                var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<GreetingSwapped>());
                var failure = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => replayer.ReplayWorkflowAsync(history));
                Assert.Contains("StartTimer (timer 1)", failure.Message, StringComparison.Ordinal);
                Assert.Contains("ActivityTaskScheduled (event 5, activity Greet with id 1)", failure.Message, StringComparison.Ordinal);
                var result = await replayer.ReplayWorkflowAsync(history, throwOnReplayFailure: false);
                Assert.IsType<WorkflowNondeterminismException>(result.ReplayFailure);
            },
            options => options.AddActivity(Greeting.Greet));

    [Fact]
    public Task Without_a_cache_every_task_replays_the_whole_history() =>
        host.RunAsync<Greeting>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Greeting wf) => wf.RunAsync("Grace"), WorkerHost.On(queue));
                await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerFired));
                Assert.Equal("waiting for Grace", await handle.QueryAsync(wf => wf.State()));
                await handle.SignalAsync(wf => wf.ApproveAsync("ok"));
                Assert.Equal("Hello, Grace: ok", await handle.GetResultAsync());
            },
            options =>
            {
                options.MaxCachedWorkflows = 0;
                options.AddActivity(Greeting.Greet);
            });

    [Fact]
    public Task A_failure_exception_fails_the_workflow() => host.RunAsync<Failing>(async queue =>
    {
        var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => host.Client.ExecuteWorkflowAsync(
            (Failing wf) => wf.RunAsync(true), WorkerHost.On(queue)));
        var cause = Assert.IsType<ApplicationFailureException>(e.InnerException);
        Assert.Equal("for good", cause.Message);
        Assert.Equal("Custom", cause.ErrorType);
    });

    [Fact]
    public Task Another_exception_fails_only_the_task_and_the_workflow_goes_on_with_mended_code()
    {
        Failing.IsMended = false;
        return host.RunAsync<Failing>(async queue =>
        {
            var options = WorkerHost.On(queue);
            options.TaskTimeout = TimeSpan.FromMinutes(1);
            var handle = await host.Client.StartWorkflowAsync((Failing wf) => wf.RunAsync(false), options);
            await handle.GetResultAsync();
            var failed = WorkerHost.First(await handle.FetchHistoryAsync(), EventType.WorkflowTaskFailed).WorkflowTaskFailedEventAttributes;
            Assert.Equal(WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure, failed.Cause);
            Assert.Equal("a bug", failed.Failure.Message);
        });
    }

    [Fact]
    public Task A_configured_exception_type_fails_the_workflow() => host.RunAsync<Failing>(
        async queue =>
        {
            Failing.IsMended = false;
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => host.Client.ExecuteWorkflowAsync(
                (Failing wf) => wf.RunAsync(false), WorkerHost.On(queue)));
            Assert.Equal("a bug", e.InnerException!.Message);
        },
        options => options.WorkflowFailureExceptionTypes = [typeof(InvalidOperationException)]);

    [Fact]
    public Task A_workflow_continues_as_new_until_done() => host.RunAsync<Counting>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Counting wf) => wf.RunAsync(0), WorkerHost.On(queue));
        Assert.Equal(3, await handle.GetResultAsync());
        Assert.NotEqual(handle.ResultRunId, (await handle.DescribeAsync()).RunId);
    });

    [Fact]
    public Task An_asked_cancellation_cancels_timers_and_the_workflow() => host.RunAsync<Sleeping>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Sleeping wf) => wf.RunAsync(), WorkerHost.On(queue));
        await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
        await handle.CancelAsync();
        var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
        Assert.IsType<CanceledFailureException>(e.InnerException);
        Assert.True(WorkerHost.Has(await handle.FetchHistoryAsync(), EventType.TimerCanceled));
        await WorkerHost.AssertReplaysAsync<Sleeping>(handle);
    });

    [Fact]
    public Task Memo_and_search_attributes_can_be_changed() => host.RunAsync<Attributes>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Attributes wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal("set", await handle.GetResultAsync());
        var description = await handle.DescribeAsync();
        Assert.Equal("set", await description.Memo["note"].ToValueAsync<string>());
        await WorkerHost.AssertReplaysAsync<Attributes>(handle);
    });

    [Workflow]
    public class Greeting
    {
        private string? approval;
        private string state = "new";

        [Activity]
        public static string Greet(string name) => $"Hello, {name}";

        [WorkflowRun]
        public async Task<string> RunAsync(string name)
        {
            var greeting = await Workflow.ExecuteActivityAsync(
                () => Greet(name), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            await Workflow.DelayAsync(10);
            state = $"waiting for {name}";
            await Workflow.WaitConditionAsync(() => approval != null);
            state = "done";
            return $"{greeting}: {approval}";
        }

        [WorkflowSignal]
        public Task ApproveAsync(string answer)
        {
            approval = answer;
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public string State() => state;
    }

    [Workflow("Greeting")]
    public class GreetingSwapped
    {
        [WorkflowRun]
        public async Task<string> RunAsync(string name)
        {
            await Workflow.DelayAsync(10);
            return await Workflow.ExecuteActivityAsync(
                () => Greeting.Greet(name), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
        }
    }

    [Workflow]
    public class Failing
    {
        public static bool IsMended { get; set; }

        [WorkflowRun]
        public Task RunAsync(bool forGood) => (forGood, IsMended) switch
        {
            (true, _) => throw new ApplicationFailureException("for good", "Custom", nonRetryable: true),
            (_, false) => throw Bug(),
            _ => Task.CompletedTask,
        };

        // It has been seen, so it is mended.
        private static InvalidOperationException Bug()
        {
            IsMended = true;
            return new("a bug");
        }
    }

    [Workflow]
    public class Counting
    {
        [WorkflowRun]
        public Task<int> RunAsync(int count) => count < 3
            ? throw Workflow.CreateContinueAsNewException((Counting wf) => wf.RunAsync(count + 1))
            : Task.FromResult(count);
    }

    [Workflow]
    public class Sleeping
    {
        [WorkflowRun]
        public Task RunAsync() => Workflow.DelayAsync(TimeSpan.FromDays(30));
    }

    [Workflow]
    public class Attributes
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "set"));
            Workflow.UpsertTypedSearchAttributes(
                SearchAttributeKey.CreateKeywordList("BuildIds").ValueSet(["one"]));
            await Workflow.DelayAsync(1);
            return Workflow.PayloadConverter.ToValue<string>(Workflow.Memo["note"]);
        }
    }
}
