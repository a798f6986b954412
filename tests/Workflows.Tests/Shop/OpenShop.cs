using System.Collections.Concurrent;
using System.Security.Cryptography;
using TemporalDelivery.Hosting.Payloads;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Deliveries;
using TemporalDelivery.Workflows.Orders;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Temporalio.Worker;

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// A shop with real workflows on a time-skipping server and a <see cref="ShopFloor"/> for activities, as a test's customers, operators and
/// partner see it. When it closes, the history of every workflow that it started is replayed.
/// </summary>
internal sealed class OpenShop : IAsyncDisposable
{
    private static readonly ActorProofInterceptor Proof = new(new ActorProof([RandomNumberGenerator.GetBytes(32)]));

    private readonly WorkflowEnvironment environment;
    private readonly CancellationTokenSource closing = new();
    private readonly List<TemporalWorker> workers = [];
    private readonly Task working;
    private readonly ConcurrentBag<WorkflowHandle> started = [];
    private int partnerEvents;

    private readonly AwaitedResults awaited;

    private OpenShop(WorkflowEnvironment environment, ITemporalClient client, AwaitedResults awaited, int cachedWorkflows)
    {
        this.environment = environment;
        this.awaited = awaited;
        Client = client;
        workers.Add(new(Client, Options(TaskQueues.Orders).AddWorkflow<OrderWorkflow>().AddAllActivities(Floor)));
        workers.Add(new(Client, Options(TaskQueues.Deliveries).AddWorkflow<DeliveryWorkflow>().AddAllActivities(Floor)));
        workers.Add(new(Client, Options(TaskQueues.Vouchers).AddAllActivities(Floor)));

        working = Task.WhenAll(workers.Select(worker => worker.ExecuteAsync(closing.Token)));

        TemporalWorkerOptions Options(string taskQueue) => new(taskQueue) { MaxCachedWorkflows = cachedWorkflows };
    }

    public ShopFloor Floor { get; } = new();

    public ITemporalClient Client { get; }

    /// <summary>Opens a shop.</summary>
    /// <param name="cachedWorkflows">How many workflows a worker remembers; with 0 it replays the whole history for every task.</param>
    public static async Task<OpenShop> OpenAsync(int cachedWorkflows = 1000)
    {
        var environment = await IdleServers.TakeAsync(Proof);
        var awaited = new AwaitedResults();
        return new(environment, await IdleServers.NewNamespaceAsync(environment, awaited), awaited, cachedWorkflows);
    }

    /// <summary>
    /// Replays both workflows, however long a turn takes: the first one in a cold process on a busy machine is slow, which is no deadlock.
    /// </summary>
    public static WorkflowReplayer Replayer() => new(Workflows());

    /// <summary>Options of a replayer of both workflows.</summary>
    public static WorkflowReplayerOptions Workflows() => ReplayerOptions().AddWorkflow<OrderWorkflow>().AddWorkflow<DeliveryWorkflow>();

    /// <summary>Options of a replayer, without workflows.</summary>
    public static WorkflowReplayerOptions ReplayerOptions() =>
        new()
        {
            DebugMode = true,
            DataConverter = PayloadDialect.Converter(Advice.AllowedNow),
            Interceptors = [new ActorProofInterceptor(new ActorProof([]))],
        };

    /// <summary>Places an order; its workflow starts.</summary>
    public async Task<WorkflowHandle<OrderWorkflow, OrderView>> PlaceAsync(OrderInput order)
    {
        var handle = await Client.StartWorkflowAsync(
            (OrderWorkflow workflow) => workflow.RunAsync(order),
            new WorkflowOptions(WorkflowIds.Order(order.OrderId), TaskQueues.Orders)
            {
                StaticSummary = OrderPage.Summary(order.Lines, order.TotalCents),
                TypedSearchAttributes = OrderPage.Attributes(order.OrderId, order.CustomerId),
            }
        );
        started.Add(Client.GetWorkflowHandle(handle.Id, handle.ResultRunId));
        return handle;
    }

    /// <summary>Starts a delivery without an order.</summary>
    public async Task<WorkflowHandle<DeliveryWorkflow, DeliveryView>> DeliverAsync(DeliveryOptions? options = null)
    {
        var input = new DeliveryInput(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            AnOrder.Ada,
            1,
            Floor.GraphVersion,
            options ?? new DeliveryOptions()
        );
        var handle = await Client.StartWorkflowAsync(
            (DeliveryWorkflow workflow) => workflow.RunAsync(input),
            new WorkflowOptions(WorkflowIds.Delivery(input.DeliveryOrderId), TaskQueues.Deliveries)
        );
        started.Add(Client.GetWorkflowHandle(handle.Id, handle.ResultRunId));
        return handle;
    }

    /// <summary>The workflow of the order's delivery attempt, once it is booked.</summary>
    public async Task<WorkflowHandle<DeliveryWorkflow>> DeliveryAsync(int attempt = 1)
    {
        await UntilAsync(journal => journal.Count(entry => entry is "booked" or "booking refused") >= attempt);
        var handle = Client.GetWorkflowHandle<DeliveryWorkflow>(WorkflowIds.Delivery(Floor.Deliveries[attempt - 1].Id));
        started.Add(handle);
        return handle;
    }

    /// <summary>The partner's webhook.</summary>
    public Task PartnerSaysAsync(WorkflowHandle<DeliveryWorkflow> delivery, string type, string? reason = null) =>
        delivery.SignalAsync(workflow => workflow.PartnerEventAsync(Says(type, reason)));

    /// <summary>An event as the partner would report it, with an id of its own.</summary>
    public PartnerEvent Says(string type, string? reason = null) =>
        new(
            $"event-{Interlocked.Increment(ref partnerEvents)}",
            type,
            type == DeliveryEvents.PickedUp ? "P-1" : null,
            reason,
            Note: null,
            DateTimeOffset.UnixEpoch
        );

    /// <summary>The partner picks up and delivers.</summary>
    public async Task BringAsync(WorkflowHandle<DeliveryWorkflow> delivery)
    {
        await PartnerSaysAsync(delivery, DeliveryEvents.PickedUp);
        await PartnerSaysAsync(delivery, DeliveryEvents.Delivered);
        await UntilAsync(journal => journal.Contains("delivery DELIVERED by partner"));
    }

    /// <summary>Brings a delivery to its end: by the partner and the customer, or by an operator who decides that it has arrived.</summary>
    public async Task BringOrResolveAsync(WorkflowHandle<DeliveryWorkflow> delivery, DeliveryState state)
    {
        if (state == DeliveryState.PendingByOperator)
        {
            await ResolveAsync(delivery, DeliveryResolution.ConfirmWithProof);
            return;
        }

        await BringAsync(delivery);
        await ConfirmAsync(delivery);
    }

    /// <summary>Brings a delivery to a new run: size counts as much as number does, and takes less time to reach.</summary>
    public async Task ContinueAsync(WorkflowHandle<DeliveryWorkflow> delivery)
    {
        var current = Client.GetWorkflowHandle<DeliveryWorkflow>(delivery.Id);
        var run = (await current.DescribeAsync()).RunId;
        var note = new string('x', 500_000);
        for (var time = 0; time < 9; time++)
        {
            var talk = Says("TALKS") with { Note = note };
            await current.SignalAsync(workflow => workflow.PartnerEventAsync(talk));
        }

        await UntilContinuedAsync(current, run);
    }

    /// <summary>The customer confirms.</summary>
    public Task<DeliveryView> ConfirmAsync(WorkflowHandle<DeliveryWorkflow> delivery) =>
        delivery.ExecuteUpdateAsync(workflow =>
            workflow.ConfirmReceiptAsync(new ReceiptConfirmation(Actor.Customer(AnOrder.Ada), "thanks"))
        );

    /// <summary>An operator decides.</summary>
    public Task<DeliveryView> ResolveAsync(
        WorkflowHandle<DeliveryWorkflow> delivery,
        DeliveryResolution resolution,
        string reason = "talked to Ada",
        GoodsOutcome? goods = null
    ) =>
        delivery.ExecuteUpdateAsync(workflow =>
            workflow.ResolveAsync(new DeliveryDecision(resolution, Actor.Operator("jane"), reason, goods))
        );

    /// <summary>Waits for the journal.</summary>
    public Task UntilAsync(Func<IReadOnlyList<string>, bool> condition) =>
        Floor.UntilAsync(condition, TestContext.Current.CancellationToken);

    /// <summary>Waits until the order's own answer is so.</summary>
    public static async Task UntilAsync(WorkflowHandle<OrderWorkflow> order, Func<OrderView, bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var view = await order.QueryAsync(workflow => workflow.View());
            if (condition(view))
            {
                return;
            }

            Assert.False(patience.IsCancellationRequested, $"the order stayed at {view}");
        }
    }

    /// <summary>Waits until the delivery's own answer is so.</summary>
    public static async Task<DeliveryView> UntilAsync(WorkflowHandle<DeliveryWorkflow> delivery, Func<DeliveryView, bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var view = await delivery.QueryAsync(workflow => workflow.View());
            if (condition(view))
            {
                return view;
            }

            Assert.False(patience.IsCancellationRequested, $"the delivery stayed at {view}");
        }
    }

    /// <summary>Waits until another run has taken over from this one.</summary>
    public static async Task UntilContinuedAsync(WorkflowHandle workflow, string runId)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while ((await workflow.DescribeAsync()).RunId == runId)
        {
            Assert.False(patience.IsCancellationRequested, $"{runId} is still the current run");
        }
    }

    /// <summary>Waits until the workflow's history has the signal.</summary>
    public static async Task UntilSignalledAsync(WorkflowHandle workflow, string signal, int times = 1)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (
            (await workflow.FetchHistoryAsync()).Events.Count(happened =>
                happened.WorkflowExecutionSignaledEventAttributes?.SignalName == signal
            ) < times
        )
        {
            Assert.False(patience.IsCancellationRequested, $"{signal} did not come");
        }
    }

    /// <summary>Resets the workflow to its first task or its last, as the Web UI's button does.</summary>
    /// <returns>The new run.</returns>
    public async Task<WorkflowHandle<OrderWorkflow, OrderView>> ResetAsync(WorkflowHandle workflow, bool toFirst)
    {
        var tasks = await TasksAsync(workflow);
        return await ResetToAsync(workflow, toFirst ? tasks[0] : tasks[^1]);
    }

    /// <summary>The workflow's tasks so far, by the events that completed them.</summary>
    public static async Task<IReadOnlyList<long>> TasksAsync(WorkflowHandle workflow) =>
        [
            .. (await workflow.FetchHistoryAsync())
                .Events.Where(happened => happened.EventType == EventType.WorkflowTaskCompleted)
                .Select(happened => happened.EventId),
        ];

    /// <summary>An operator resets the workflow to one of its tasks.</summary>
    public async Task<WorkflowHandle<OrderWorkflow, OrderView>> ResetToAsync(WorkflowHandle workflow, long task)
    {
        var answer = await Client.WorkflowService.ResetWorkflowExecutionAsync(
            new()
            {
                Namespace = Client.Options.Namespace,
                WorkflowExecution = new() { WorkflowId = workflow.Id },
                Reason = "after a bad deploy",
                RequestId = Guid.CreateVersion7().ToString(),
                WorkflowTaskFinishEventId = task,
            }
        );
        var run = Client.GetWorkflowHandle<OrderWorkflow, OrderView>(workflow.Id, answer.RunId);
        started.Add(run);
        return run;
    }

    /// <summary>The error type with which the order's run failed.</summary>
    public static Task<ApplicationFailureException> FailureOfAsync(WorkflowHandle<OrderWorkflow, OrderView> order) =>
        FailureOfAsync(order.GetResultAsync());

    /// <inheritdoc cref="FailureOfAsync(WorkflowHandle{OrderWorkflow, OrderView})"/>
    public static async Task<ApplicationFailureException> FailureOfAsync(Task<OrderView> result)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => result);
        return Assert.IsType<ApplicationFailureException>(failed.InnerException);
    }

    /// <summary>The reason with which an update was refused.</summary>
    public static async Task<string> RefusalOfAsync(Func<Task> update) => (await FailureOfAsync(update)).Message;

    /// <summary>The failure with which an update was refused.</summary>
    public static async Task<ApplicationFailureException> FailureOfAsync(Func<Task> update) =>
        Assert.IsType<ApplicationFailureException>((await Assert.ThrowsAsync<WorkflowUpdateFailedException>(update)).InnerException);

    /// <summary>Lets time pass.</summary>
    public Task PassAsync(TimeSpan time) => environment.DelayAsync(time);

    public Task<DateTime> NowAsync() => environment.GetCurrentTimeAsync();

    public async ValueTask DisposeAsync()
    {
        var histories = new List<Temporalio.Common.WorkflowHistory>();
        foreach (var handle in started.DistinctBy(handle => (handle.Id, handle.RunId)))
        {
            histories.Add(await handle.FetchHistoryAsync());
        }

        await closing.CancelAsync();
        try
        {
            await working;
        }
        catch (OperationCanceledException)
        {
            // That is how a worker is stopped.
        }

        workers.ForEach(worker => worker.Dispose());
        closing.Dispose();
        await IdleServers.GiveBackAsync(environment, Client, awaited);

        var replayer = Replayer();
        foreach (var history in histories)
        {
            await replayer.ReplayWorkflowAsync(history);
            HistoryArchive.Keep(history);
        }
    }
}
