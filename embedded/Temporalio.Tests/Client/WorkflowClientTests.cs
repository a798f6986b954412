using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Interceptors;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Workflows;

namespace Temporalio.Tests.Client;

public sealed class WorkflowClientTests : IAsyncLifetime
{
    private const string TaskQueue = "orders";
    private WorkflowEnvironment environment = null!;

    private ITemporalClient Client => environment.Client;

    public async ValueTask InitializeAsync() => environment = await WorkflowEnvironment.StartLocalAsync();

    public ValueTask DisposeAsync() => environment.DisposeAsync();

    [Fact]
    public async Task A_started_workflow_is_described_with_all_that_it_was_started_with()
    {
        var handle = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 2), new(id: "o1", TaskQueue)
        {
            Memo = new Dictionary<string, object> { ["note"] = "fragile" },
            StaticSummary = "one order",
            RunTimeout = TimeSpan.FromHours(1),
        });

        var description = await handle.DescribeAsync();

        Assert.Equal("Order", description.WorkflowType);
        Assert.Equal("o1", description.Id);
        Assert.Equal(handle.ResultRunId, description.RunId);
        Assert.Equal(WorkflowExecutionStatus.Running, description.Status);
        Assert.Equal("fragile", await description.Memo["note"].ToValueAsync<string>());
        Assert.Equal("one order", await description.GetStaticSummaryAsync());
        var started = (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
        Assert.Equal(["\"a\"", "2"], started.Input.Payloads_.Select(each => each.Data.ToStringUtf8()));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_told_with_the_run_that_holds_it()
    {
        var first = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), new("o1", TaskQueue));

        var taken = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() =>
            Client.StartWorkflowAsync((Order order) => order.RunAsync("b", 1), new("o1", TaskQueue)));
        var same = await Client.StartWorkflowAsync(
            (Order order) => order.RunAsync("b", 1), new("o1", TaskQueue) { IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting });

        Assert.Equal("o1", taken.WorkflowId);
        Assert.Equal("Order", taken.WorkflowType);
        Assert.Equal(first.ResultRunId, taken.RunId);
        Assert.Equal(first.ResultRunId, same.ResultRunId);
    }

    [Fact]
    public async Task Options_that_are_not_valid_are_refused_before_any_call()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client.StartWorkflowAsync("Order", [], new() { TaskQueue = TaskQueue }));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.StartWorkflowAsync("Order", [], new() { Id = "o1" }));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Client.StartWorkflowAsync("Order", [], new("o1", TaskQueue) { StartSignalArgs = [] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.GetWorkflowHandle("o1").StartUpdateAsync(
            "Ship", [], new WorkflowUpdateStartOptions(WorkflowUpdateStage.Admitted)));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Client.StartWorkflowAsync((Order order) => order.NotRunAsync(), new("o1", TaskQueue)));
    }

    [Fact]
    public async Task A_result_is_converted()
    {
        var handle = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), new("o1", TaskQueue));
        var result = handle.GetResultAsync();
        await new HandWorker(Client, TaskQueue).AnswerAsync(HandWorker.Complete(DataConverter.Default.PayloadConverter.ToPayload(42)));

        Assert.Equal(42, await result);
        Assert.Equal(42, await Client.GetWorkflowHandle("o1").GetResultAsync<int>());
        await handle.GetResultAsync<ValueTuple>();
    }

    [Fact]
    public async Task A_chain_is_followed_to_its_end_unless_that_is_not_wanted()
    {
        var handle = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), new("o1", TaskQueue));
        var worker = new HandWorker(Client, TaskQueue);
        await worker.AnswerAsync(worker.ContinueAsNew("Order"));
        await worker.AnswerAsync(HandWorker.Complete(DataConverter.Default.PayloadConverter.ToPayload(7)));

        Assert.Equal(7, await handle.GetResultAsync());
        var continued = await Assert.ThrowsAsync<WorkflowContinuedAsNewException>(() => handle.GetResultAsync(followRuns: false));
        Assert.Equal((await Client.GetWorkflowHandle("o1").DescribeAsync()).RunId, continued.NewRunId);
    }

    [Fact]
    public async Task A_workflow_that_fails_is_cancelled_or_terminated_says_so()
    {
        var worker = new HandWorker(Client, TaskQueue);
        var failing = await StartAsync("failing");
        await worker.AnswerAsync(HandWorker.Fail("broken"));
        var cancelled = await StartAsync("cancelled");
        await cancelled.CancelAsync();
        await worker.AnswerAsync(HandWorker.Cancel());
        var terminated = await StartAsync("terminated");
        await terminated.TerminateAsync("enough", new() { Details = ["why"] });

        var failure = Assert.IsType<ApplicationFailureException>(
            (await Assert.ThrowsAsync<WorkflowFailedException>(() => failing.GetResultAsync())).InnerException);
        Assert.Equal(("broken", "Test"), (failure.Message, failure.ErrorType));
        Assert.IsType<CanceledFailureException>(
            (await Assert.ThrowsAsync<WorkflowFailedException>(() => cancelled.GetResultAsync())).InnerException);
        var termination = Assert.IsType<TerminatedFailureException>(
            (await Assert.ThrowsAsync<WorkflowFailedException>(() => terminated.GetResultAsync())).InnerException);
        Assert.Equal("enough", termination.Message);
        Assert.Equal("why", termination.Details!.ElementAt<string>(0));
    }

    [Fact]
    public async Task A_signal_reaches_the_history_and_signal_with_start_starts_or_signals()
    {
        var options = new WorkflowOptions("o1", TaskQueue);
        options.SignalWithStart((Order order) => order.NoteAsync("first"));
        var handle = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), options);
        options.SignalWithStart((Order order) => order.NoteAsync("second"));
        var again = await Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), options);
        await handle.SignalAsync(order => order.NoteAsync("third"));

        var signals = (await handle.FetchHistoryAsync()).Events
            .Where(each => each.EventType == EventType.WorkflowExecutionSignaled)
            .Select(each => each.WorkflowExecutionSignaledEventAttributes);

        Assert.Equal(handle.ResultRunId, again.ResultRunId);
        Assert.Null(handle.FirstExecutionRunId);
        Assert.Equal(["\"first\"", "\"second\"", "\"third\""], signals.Select(each => each.Input.Payloads_[0].Data.ToStringUtf8()));
        Assert.All(signals, each => Assert.Equal("Note", each.SignalName));
    }

    [Fact]
    public async Task A_workflow_that_does_not_exist_is_not_found()
    {
        var handle = Client.GetWorkflowHandle<Order>("none");

        var calls = new Func<Task>[]
        {
            () => handle.DescribeAsync(), () => handle.SignalAsync(order => order.NoteAsync("x")), () => handle.CancelAsync(), () => handle.TerminateAsync(),
            () => handle.GetResultAsync(), () => handle.FetchHistoryAsync(),
        };
        foreach (var call in calls)
        {
            Assert.Equal(RpcException.StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(call)).Code);
        }
    }

    [Fact]
    public async Task Workflows_are_listed_and_counted()
    {
        for (var i = 0; i < 3; i++)
        {
            await StartAsync($"listed-{i}");
        }

        await Client.GetWorkflowHandle("listed-0").TerminateAsync();

        var listed = new List<string>();
        await foreach (var each in Client.ListWorkflowsAsync("WorkflowType = 'Order'"))
        {
            listed.Add(each.Id);
        }

        Assert.Equal(["listed-0", "listed-1", "listed-2"], listed.Order());
        Assert.Equal(2, (await Client.CountWorkflowsAsync("ExecutionStatus = 'Running'")).Count);
        var page = await Client.ListWorkflowsPaginatedAsync("", null, new() { PageSize = 2 });
        Assert.Equal(2, page.Workflows.Count);
        Assert.Single((await Client.ListWorkflowsPaginatedAsync("", page.NextPageToken, new() { PageSize = 2 })).Workflows);
        var limited = 0;
        await foreach (var each in Client.ListWorkflowsAsync("", new() { Limit = 2 }))
        {
            limited++;
        }

        Assert.Equal(2, limited);
    }

    [Fact]
    public async Task Interceptors_see_every_call_the_first_one_first()
    {
        var seen = new List<string>();
        var options = (TemporalClientOptions)Client.Options.Clone();
        options.Interceptors = [new Spy("outer", seen), new Spy("inner", seen)];
        var client = new TemporalClient(Client.Connection, options);

        var handle = await client.StartWorkflowAsync("Order", [], new("o1", TaskQueue));
        await handle.SignalAsync("Note", []);

        Assert.Equal(["outer start", "inner start", "outer signal", "inner signal"], seen);
    }

    [Fact]
    public async Task Waiting_for_a_result_can_be_given_up()
    {
        using var cancel = new CancellationTokenSource();
        var handle = await StartAsync("o1");
        var result = handle.GetResultAsync(rpcOptions: new() { CancellationToken = cancel.Token });

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result);
    }

    [Fact]
    public async Task The_server_says_that_it_is_healthy()
    {
        Assert.True(await Client.Connection.CheckHealthAsync());
    }

    private Task<WorkflowHandle<Order, int>> StartAsync(string id) =>
        Client.StartWorkflowAsync((Order order) => order.RunAsync("a", 1), new(id, TaskQueue));

    [Workflow]
    public class Order
    {
        [WorkflowRun]
        public Task<int> RunAsync(string sku, int quantity) => Task.FromResult(quantity);

        [WorkflowSignal]
        public Task NoteAsync(string note) => Task.CompletedTask;

        public Task<int> NotRunAsync() => Task.FromResult(0);
    }

    private sealed class Spy(string name, List<string> seen) : IClientInterceptor
    {
        public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Outbound(nextInterceptor, name, seen);

        private sealed class Outbound(ClientOutboundInterceptor next, string name, List<string> seen) : ClientOutboundInterceptor(next)
        {
            public override Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input)
            {
                seen.Add($"{name} start");
                return base.StartWorkflowAsync<TWorkflow, TResult>(input);
            }

            public override Task SignalWorkflowAsync(SignalWorkflowInput input)
            {
                seen.Add($"{name} signal");
                return base.SignalWorkflowAsync(input);
            }
        }
    }
}
