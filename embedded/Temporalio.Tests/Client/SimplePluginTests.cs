using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Tests.Worker;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Tests.Client;

public sealed class SimplePluginTests(WorkerHost host)
{
    [Fact]
    public async Task A_clients_plugin_sets_up_its_workers_too()
    {
        var told = new ConcurrentQueue<string>();
        var spy = new Spy(told);
        var failures = new MaskingFailureConverter();
        var plugin = new SimplePlugin("spying", new SimplePluginOptions
        {
            DataConverterOption = new(given => given with { FailureConverter = failures }),
            ClientInterceptors = [spy],
            WorkerInterceptors = [spy],
            WorkflowFailureExceptionTypes = [typeof(InvalidOperationException)],
            RunContextBefore = () => TellAsync("before"),
            RunContextAfter = () => TellAsync("after"),
        }.AddWorkflow<Greeting>().AddActivity(Deeds.Greet));
        var options = (TemporalClientOptions)host.Client.Options.Clone();
        options.Plugins = [plugin];
        var client = new TemporalClient(host.Client.Connection, options);
        var taskQueue = $"tq-{Guid.NewGuid()}";

        using var worker = new TemporalWorker(client, new(taskQueue));
        var handle = await worker.ExecuteAsync(async () =>
        {
            var started = await client.StartWorkflowAsync((Greeting workflow) => workflow.RunAsync(), WorkerHost.On(taskQueue));
            await Assert.ThrowsAsync<WorkflowFailedException>(() => started.GetResultAsync());
            return started;
        });

        Assert.Same(failures, client.Options.DataConverter.FailureConverter);
        Assert.Equal(["before", "client", "workflow", "after"], told.Distinct());
        Assert.Equal(2, spy.Workers);
        var replayer = new WorkflowReplayer(new() { Plugins = [plugin] });
        told.Clear();
        Assert.Null((await replayer.ReplayWorkflowAsync(await handle.FetchHistoryAsync())).ReplayFailure);
        await foreach (var result in replayer.ReplayWorkflowsAsync(Histories(await handle.FetchHistoryAsync())))
        {
            Assert.Null(result.ReplayFailure);
        }

        Assert.Equal(["before", "workflow", "after", "before", "workflow", "after"], told);

        Task TellAsync(string what)
        {
            told.Enqueue(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void What_is_given_comes_before_what_a_plugin_adds()
    {
        var given = new Spy(new());
        var added = new Spy(new());
        var options = new TemporalWorkerOptions("tq") { Interceptors = [given] };

        new SimplePlugin("one", new() { WorkerInterceptors = [added] }).ConfigureWorker(options);
        Assert.Equal([given, added], options.Interceptors);
        new SimplePlugin("two", new() { WorkerInterceptorsOption = new(all => [.. all!.Reverse()]) }).ConfigureWorker(options);
        Assert.Equal([added, given], options.Interceptors);
        new SimplePlugin("three").ConfigureWorker(options);
        Assert.Equal([added, given], options.Interceptors);
    }

    private static async IAsyncEnumerable<WorkflowHistory> Histories(WorkflowHistory history)
    {
        await Task.Yield();
        yield return history;
    }

    public static class Deeds
    {
        [Activity]
        public static string Greet() => "hello";
    }

    [Workflow]
    public class Greeting
    {
        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.ExecuteActivityAsync(() => Deeds.Greet(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            throw new InvalidOperationException("fails the workflow, because the plugin says so");
        }
    }

    private sealed class MaskingFailureConverter() : DefaultFailureConverter(new DefaultFailureConverterOptions { EncodeCommonAttributes = true });

    private sealed class Spy(ConcurrentQueue<string> told) : IClientInterceptor, IWorkerInterceptor
    {
        internal int Workers { get; private set; }

        public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor)
        {
            return new Client(nextInterceptor, told);
        }

        public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor)
        {
            Workers++;
            return new Inbound(nextInterceptor, told);
        }

        private sealed class Client(ClientOutboundInterceptor next, ConcurrentQueue<string> told) : ClientOutboundInterceptor(next)
        {
            public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input)
            {
                told.Enqueue("client");
                return base.StartWorkflowAsync<TWorkflow, TResult>(input);
            }
        }

        private sealed class Inbound(WorkflowInboundInterceptor next, ConcurrentQueue<string> told) : WorkflowInboundInterceptor(next)
        {
            public override Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
            {
                told.Enqueue("workflow");
                return base.ExecuteWorkflowAsync(input);
            }
        }
    }
}
