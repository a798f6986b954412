using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class HandlerTests(WorkerHost host)
{
    [Fact]
    public Task Dynamic_handlers_take_what_no_other_takes_and_signals_wait_for_their_handler() => host.RunAsync<Catcher>(
        async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync("Anything", ["start"], WorkerHost.On(queue));
            await handle.SignalAsync("early", ["one"]);
            await handle.SignalAsync("open", []);
            Assert.Equal("asked: q", await handle.QueryAsync<string>("whatever", ["q"]));
            Assert.Equal("changed: u", await handle.ExecuteUpdateAsync<string>("change", ["u"]));
            await handle.SignalAsync("late", ["two"]);
            await handle.SignalAsync("close", []);
            Assert.Equal("Anything start early:one late:two", await handle.GetResultAsync<string>());
        });

    [Fact]
    public Task The_run_arguments_reach_the_init_constructor() => host.RunAsync<Initialized>(async queue =>
        Assert.Equal("x and y", await host.Client.ExecuteWorkflowAsync(
            (Initialized wf) => wf.RunAsync("x"), WorkerHost.On(queue))));

    [Fact]
    public Task Tools_can_ask_where_a_workflow_waits_and_what_it_takes() => host.RunAsync<Initialized>(
        async queue =>
        {
            var options = WorkerHost.On(queue);
            var handle = await host.Client.StartWorkflowAsync((Initialized wf) => wf.RunAsync("wait"), options);
            await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
            var trace = await handle.QueryAsync<string>("__stack_trace", []);
            Assert.Contains(nameof(Initialized.RunAsync), trace, StringComparison.Ordinal);
            var metadata = await handle.QueryAsync<Api.Sdk.V1.WorkflowMetadata>("__temporal_workflow_metadata", []);
            Assert.Equal("Initialized", metadata.Definition.Type);
            Assert.Equal("Poke", Assert.Single(metadata.Definition.SignalDefinitions).Name);
            Assert.Equal("*waiting*", metadata.CurrentDetails);
            await handle.TerminateAsync();
        },
        options => options.WorkflowStackTrace = WorkflowStackTrace.Normal);

    [Fact]
    public Task A_query_that_fails_or_is_unknown_says_why() => host.RunAsync<Initialized>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Initialized wf) => wf.RunAsync("x"), WorkerHost.On(queue));
        await handle.GetResultAsync();
        var unknown = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync<string>("nope", []));
        Assert.Contains("known queries: [Bad Sneaky]", unknown.Message, StringComparison.Ordinal);
        var bad = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync(wf => wf.Bad()));
        Assert.Equal("bad query", bad.Message);
        var sneaky = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => handle.QueryAsync(wf => wf.Sneaky()));
        Assert.Contains("in this context", sneaky.Message, StringComparison.Ordinal);
    });

    [Fact]
    public async Task Many_runs_share_a_small_cache()
    {
        await host.RunAsync<Initialized>(
            async queue =>
            {
                var handles = new List<WorkflowHandle<Initialized, string>>();
                for (var i = 0; i < 6; i++)
                {
                    handles.Add(await host.Client.StartWorkflowAsync((Initialized wf) => wf.RunAsync("signal"), WorkerHost.On(queue)));
                }
                foreach (var handle in handles)
                {
                    await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskCompleted));
                }
                foreach (var handle in handles)
                {
                    await handle.SignalAsync(wf => wf.PokeAsync());
                }
                foreach (var handle in handles)
                {
                    Assert.Equal("poked", await handle.GetResultAsync());
                }
            },
            options => options.MaxCachedWorkflows = 2);
    }

    [Fact]
    public async Task Signals_that_arrive_while_the_workflow_closes_are_not_lost()
    {
        Racing.Reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Racing.Gate = new();
        await host.RunAsync<Racing>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Racing wf) => wf.RunAsync(), WorkerHost.On(queue));
                await Racing.Reached.Task;
                await handle.SignalAsync(wf => wf.AddAsync());
                Racing.Gate.Set();
                Assert.Equal(1, await handle.GetResultAsync());
            },
            options => options.DebugMode = true);
    }

    [Workflow(Dynamic = true)]
    public class Catcher
    {
        private readonly List<string> seen = [];
        private bool closed;

        [WorkflowRun]
        public async Task<string> RunAsync(IRawValue[] args)
        {
            Workflow.Signals["open"] = WorkflowSignalDefinition.CreateWithoutAttribute("open", () =>
            {
                Workflow.DynamicSignal = WorkflowSignalDefinition.CreateWithoutAttribute(null, (string name, IRawValue[] a) =>
                {
                    seen.Add($"{name}:{Workflow.PayloadConverter.ToValue<string>(a[0])}");
                    return Task.CompletedTask;
                });
                return Task.CompletedTask;
            });
            Workflow.Signals["close"] = WorkflowSignalDefinition.CreateWithoutAttribute("close", () =>
            {
                closed = true;
                return Task.CompletedTask;
            });
            await Workflow.WaitConditionAsync(() => closed);
            return $"{Workflow.Info.WorkflowType} {Workflow.PayloadConverter.ToValue<string>(args[0])} {string.Join(' ', seen)}";
        }

        [WorkflowQuery(Dynamic = true)]
        public string Ask(string name, IRawValue[] args) => $"asked: {Workflow.PayloadConverter.ToValue<string>(args[0])}";

        [WorkflowUpdate(Dynamic = true)]
        public Task<string> ChangeAsync(string name, IRawValue[] args) =>
            Task.FromResult($"changed: {Workflow.PayloadConverter.ToValue<string>(args[0])}");
    }

    [Workflow]
    public class Initialized
    {
        private readonly string fromConstructor;
        private bool poked;

        [WorkflowInit]
        public Initialized(string arg) => fromConstructor = arg;

        [WorkflowRun]
        public async Task<string> RunAsync(string arg)
        {
            if (arg == "wait")
            {
                Workflow.CurrentDetails = "*waiting*";
                await Workflow.DelayAsync(TimeSpan.FromDays(1));
            }
            if (arg == "signal")
            {
                await Workflow.WaitConditionAsync(() => poked);
                return "poked";
            }
            return $"{fromConstructor} and y";
        }

        [WorkflowSignal]
        public Task PokeAsync()
        {
            poked = true;
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public string Bad() => throw new InvalidOperationException("bad query");

        [WorkflowQuery]
        public string Sneaky()
        {
            Workflow.CurrentDetails = "changed";
            return "no";
        }
    }

    [Workflow]
    public class Racing
    {
        private int count;

        public static TaskCompletionSource Reached { get; set; } = new();

        public static ManualResetEventSlim Gate { get; set; } = new();

        [WorkflowRun]
        public Task<int> RunAsync()
        {
            if (!Workflow.Unsafe.IsReplaying)
            {
                Reached.TrySetResult();
                Gate.Wait();
            }
            return Task.FromResult(count);
        }

        [WorkflowSignal]
        public Task AddAsync()
        {
            count++;
            return Task.CompletedTask;
        }
    }
}
