using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Worker.Runtime;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class DeterminismTests(WorkerHost host)
{
    [Theory]
    [InlineData("run", "Task during workflow run was not scheduled on workflow scheduler")]
    [InlineData("delay", "thread transfer")]
    [InlineData("wait", "thread transfer")]
    [InlineData("default scheduler", "Task during workflow run was not scheduled on workflow scheduler")]
    [InlineData("continue", "Task during workflow run was not scheduled on workflow scheduler")]
    [InlineData("sneak", "created workflow commands")]
    [InlineData("block", "[TMPRL1101]")]
    public Task What_would_break_replay_fails_the_workflow_task(string scenario, string expected)
    {
        Offender.Gate = new();
        return host.RunAsync<Offender>(async queue =>
        {
            var handle = await host.Client.StartWorkflowAsync((Offender wf) => wf.RunAsync(scenario), WorkerHost.On(queue));
            var history = await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.WorkflowTaskFailed));
            Assert.Contains(
                expected,
                WorkerHost.First(history, EventType.WorkflowTaskFailed).WorkflowTaskFailedEventAttributes.Failure.Message,
                StringComparison.Ordinal);

            // Let go before, it would complete the workflow with its next task.
            await handle.TerminateAsync();
            Offender.Gate.Set();
        });
    }

    [Fact]
    public Task What_stays_on_the_workflow_scheduler_is_allowed() => host.RunAsync<Citizen>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Citizen wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal("abcdefg", await handle.GetResultAsync());
        Assert.False(WorkerHost.Has(await handle.FetchHistoryAsync(), EventType.WorkflowTaskFailed));
    });

    [Fact]
    public async Task A_patch_keeps_old_histories_and_marks_new_ones()
    {
        var queue = $"tq-{Guid.NewGuid()}";
        var old = WorkerHost.On(queue);
        await host.RunAsync(new TemporalWorkerOptions(queue).AddWorkflow<BeforePatch>(), async _ =>
        {
            var handle = await host.Client.StartWorkflowAsync("Patched", [], old);
            await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
        });
        await host.RunAsync(new TemporalWorkerOptions(queue).AddWorkflow<AfterPatch>(), async _ =>
        {
            var before = host.Client.GetWorkflowHandle<AfterPatch>(old.Id!);
            await before.SignalAsync(wf => wf.GoAsync());
            Assert.Equal("old", await before.GetResultAsync<string>());
            var after = await host.Client.StartWorkflowAsync((AfterPatch wf) => wf.RunAsync(), WorkerHost.On(queue));
            await after.SignalAsync(wf => wf.GoAsync());
            Assert.Equal("new", await after.GetResultAsync());
            var history = await after.FetchHistoryAsync();
            Assert.True(WorkerHost.Has(history, EventType.MarkerRecorded));
            Assert.True(WorkerHost.Has(history, EventType.UpsertWorkflowSearchAttributes));
            await WorkerHost.AssertReplaysAsync<AfterPatch>(before);
            await WorkerHost.AssertReplaysAsync<AfterPatch>(after);
            await WorkerHost.AssertReplaysAsync<PatchDeprecated>(after);
        });
    }

    [Fact]
    public Task An_extra_command_is_noticed_even_where_history_goes_on_without_commands() => host.RunAsync<BeforePatch>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync("Patched", [], WorkerHost.On(queue));
        await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
        var e = await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => WorkerHost.AssertReplaysAsync<ExtraCommand>(handle));
        Assert.Contains("StartTimer (timer 2)", e.Message, StringComparison.Ordinal);
        await handle.TerminateAsync();
    });

    [Fact]
    public async Task Other_code_fails_the_task_by_default_and_the_workflow_if_so_configured()
    {
        var queue = $"tq-{Guid.NewGuid()}";
        var old = WorkerHost.On(queue);
        await host.RunAsync(new TemporalWorkerOptions(queue).AddWorkflow<BeforePatch>(), async _ =>
        {
            var handle = await host.Client.StartWorkflowAsync("Patched", [], old);
            await WorkerHost.HistoryWhenAsync(handle, h => WorkerHost.Has(h, EventType.TimerStarted));
        });
        var running = host.Client.GetWorkflowHandle<AfterPatch>(old.Id!);
        await host.RunAsync(new TemporalWorkerOptions(queue).AddWorkflow<ExtraCommand>(), async _ =>
        {
            await running.SignalAsync(wf => wf.GoAsync());
            var history = await WorkerHost.HistoryWhenAsync(running, h => WorkerHost.Has(h, EventType.WorkflowTaskFailed));
            var failed = WorkerHost.First(history, EventType.WorkflowTaskFailed).WorkflowTaskFailedEventAttributes;
            Assert.Equal(WorkflowTaskFailedCause.NonDeterministicError, failed.Cause);
            Assert.Contains("StartTimer (timer 2)", failed.Failure.Message, StringComparison.Ordinal);
        });
        var strict = new TemporalWorkerOptions(queue)
        {
            WorkflowFailureExceptionTypes = [typeof(WorkflowNondeterminismException)],
        };
        await host.RunAsync(strict.AddWorkflow<ExtraCommand>(), async _ =>
        {
            var e = await Assert.ThrowsAsync<WorkflowFailedException>(() => running.GetResultAsync<string>());
            Assert.Contains("StartTimer (timer 2)", e.InnerException!.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public Task Conditions_mutexes_and_random_numbers_are_the_same_on_replay() => host.RunAsync<Concurrent>(async queue =>
    {
        var handle = await host.Client.StartWorkflowAsync((Concurrent wf) => wf.RunAsync(), WorkerHost.On(queue));
        Assert.Equal("0,1,2 timed out", await handle.GetResultAsync());
        await WorkerHost.AssertReplaysAsync<Concurrent>(handle);
    });

    [Fact]
    public void Random_numbers_are_those_of_sdk_core()
    {
        var random = new DeterministicRandom(1234);
        var bytes = new byte[24];
        random.NextBytes(bytes);
        Assert.Equal(0xb3b905e1c8bc93e4, BitConverter.ToUInt64(bytes, 0));
        Assert.Equal(0xbfc8a43c89637dbd, BitConverter.ToUInt64(bytes, 8));
        Assert.Equal(0x41243bf727a97881UL, BitConverter.ToUInt64(bytes, 16));
    }

    [Fact]
    public void A_run_id_gives_the_seed_that_sdk_core_takes() =>
        Assert.Equal(15681120707147102691UL, RandomSeed.FromRunId("d3f9a1c0-0000-4000-8000-1234567890ab"));

    [Workflow]
    public class Offender
    {
        public static ManualResetEventSlim Gate { get; set; } = new();

        [WorkflowRun]
        public async Task RunAsync(string scenario)
        {
            switch (scenario)
            {
                case "run":
                    await Task.Run(() => { });
                    break;
                case "delay":
                    await Task.Delay(TimeSpan.FromDays(1));
                    break;
                case "wait":
                    await Workflow.DelayAsync(TimeSpan.FromDays(1)).WaitAsync(TimeSpan.FromDays(1));
                    break;
                case "default scheduler":
                    await Task.Factory.StartNew(() => { }, default, default, TaskScheduler.Default);
                    break;
                case "continue":
                    await Task.CompletedTask.ContinueWith(_ => { }, TaskScheduler.Default);
                    break;
                case "sneak":
                    Workflow.Unsafe.WithTracingEventListenerDisabled(() => { Workflow.DelayAsync(100); });
                    break;
                default:
                    Gate.Wait();
                    break;
            }
        }
    }

    [Workflow]
    public class Citizen
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var started = new Task<string>(() => "c");
            started.Start();
            return await Task.Factory.StartNew(() => "a") +
                await Task.CompletedTask.ContinueWith(_ => "b") +
                await Workflow.RunTaskAsync(() => started) +
                await await Workflow.WhenAnyAsync(Task.FromResult("d"), Task.FromResult("d"), Task.FromResult("d")) +
                string.Concat(await Workflow.WhenAllAsync(Task.FromResult("e"), Task.FromResult("f"))) +
                Workflow.Unsafe.WithTracingEventListenerDisabled(() => Task.Run(() => "g").GetAwaiter().GetResult());
        }
    }

    [Workflow("Patched")]
    public class BeforePatch
    {
        private bool go;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => go, TimeSpan.FromDays(1));
            return "old";
        }

        [WorkflowSignal]
        public Task GoAsync()
        {
            go = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("Patched")]
    public class AfterPatch
    {
        private bool go;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var patched = Workflow.Patched("my-patch");
            await Workflow.WaitConditionAsync(() => go, TimeSpan.FromDays(1));
            return patched ? "new" : "old";
        }

        [WorkflowSignal]
        public Task GoAsync()
        {
            go = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("Patched")]
    public class PatchDeprecated
    {
        private bool go;

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            Workflow.DeprecatePatch("my-patch");
            await Workflow.WaitConditionAsync(() => go, TimeSpan.FromDays(1));
            return "new";
        }

        [WorkflowSignal]
        public Task GoAsync()
        {
            go = true;
            return Task.CompletedTask;
        }
    }

    [Workflow("Patched")]
    public class ExtraCommand
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WhenAllAsync(Workflow.DelayAsync(TimeSpan.FromDays(1)), Workflow.DelayAsync(TimeSpan.FromDays(1)));
            return "extra";
        }
    }

    [Workflow]
    public class Concurrent
    {
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var mutex = new Temporalio.Workflows.Mutex();
            var order = new List<int>();
            await Workflow.WhenAllAsync(Enumerable.Range(0, 3).Select(i => Workflow.RunTaskAsync(async () =>
            {
                await mutex.WaitOneAsync();
                await Workflow.DelayAsync(1 + Workflow.Random.Next(3));
                order.Add(i);
                mutex.ReleaseMutex();
            })));
            Workflow.NewGuid();
            var held = await Workflow.WaitConditionAsync(() => false, TimeSpan.FromMilliseconds(1));
            return $"{string.Join(',', order)} {(held ? "held" : "timed out")}";
        }
    }
}
