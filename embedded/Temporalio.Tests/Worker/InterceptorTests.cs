using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class InterceptorTests(WorkerHost host)
{
    [Fact]
    public async Task Interceptors_see_what_workflows_and_activities_receive_and_send()
    {
        var interceptor = new Recorder();
        await host.RunAsync<Small>(
            async queue =>
            {
                var handle = await host.Client.StartWorkflowAsync((Small wf) => wf.RunAsync(), WorkerHost.On(queue));
                await handle.SignalAsync(wf => wf.GoAsync());
                await handle.GetResultAsync();
                Assert.Equal(1, await handle.QueryAsync(wf => wf.Number));
            },
            options =>
            {
                options.Interceptors = [interceptor];
                options.AddActivity(Small.Work);
            });
        Assert.Superset(
            new HashSet<string> { "execute", "signal", "query", "delay", "schedule", "activity", "heartbeat" },
            interceptor.Seen.ToHashSet());
    }

    [Workflow]
    public class Small
    {
        private bool go;

        [WorkflowQuery]
        public int Number => 1;

        [Activity]
        public static void Work() => ActivityExecutionContext.Current.Heartbeat();

        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.WaitConditionAsync(() => go);
            await Workflow.DelayAsync(1);
            await Workflow.ExecuteActivityAsync(() => Work(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
        }

        [WorkflowSignal]
        public Task GoAsync()
        {
            go = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Recorder : IWorkerInterceptor
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
            new Inbound(this, nextInterceptor);

        public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
            new ActivityInbound(this, nextInterceptor);

        private sealed class Inbound(Recorder recorder, WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
        {
            public override void Init(WorkflowOutboundInterceptor outbound) => Next.Init(new Outbound(recorder, outbound));

            public override Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
            {
                recorder.Seen.Enqueue("execute");
                return Next.ExecuteWorkflowAsync(input);
            }

            public override Task HandleSignalAsync(HandleSignalInput input)
            {
                recorder.Seen.Enqueue("signal");
                return Next.HandleSignalAsync(input);
            }

            public override object? HandleQuery(HandleQueryInput input)
            {
                recorder.Seen.Enqueue("query");
                return Next.HandleQuery(input);
            }
        }

        private sealed class Outbound(Recorder recorder, WorkflowOutboundInterceptor next) : WorkflowOutboundInterceptor(next)
        {
            public override Task DelayAsync(DelayAsyncInput input)
            {
                recorder.Seen.Enqueue("delay");
                return Next.DelayAsync(input);
            }

            public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input)
            {
                recorder.Seen.Enqueue("schedule");
                return Next.ScheduleActivityAsync<TResult>(input);
            }
        }

        private sealed class ActivityInbound(Recorder recorder, ActivityInboundInterceptor next) : ActivityInboundInterceptor(next)
        {
            public override void Init(ActivityOutboundInterceptor outbound) =>
                Next.Init(new ActivityOutbound(recorder, outbound));

            public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
            {
                recorder.Seen.Enqueue("activity");
                return Next.ExecuteActivityAsync(input);
            }
        }

        private sealed class ActivityOutbound(Recorder recorder, ActivityOutboundInterceptor next) : ActivityOutboundInterceptor(next)
        {
            public override void Heartbeat(HeartbeatInput input)
            {
                recorder.Seen.Enqueue("heartbeat");
                Next.Heartbeat(input);
            }
        }
    }
}
