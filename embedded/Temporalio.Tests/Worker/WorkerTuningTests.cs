using System.Collections.Concurrent;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Worker.Tuning;
using Temporalio.Workflows;

namespace Temporalio.Tests.Worker;

public sealed class WorkerTuningTests(WorkerHost host)
{
    [Fact]
    public async Task A_custom_supplier_hears_of_every_slot_from_its_reservation_to_its_release()
    {
        var supplier = new Counting();
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { Tuner = new(supplier, supplier, supplier, new FixedSizeSlotSupplier(1)) };
        options.AddWorkflow<Greeter>().AddActivity(Greeter.Greet);
        await host.RunAsync(options, async queue =>
            Assert.Equal("hello", await host.Client.ExecuteWorkflowAsync((Greeter wf) => wf.RunAsync(), WorkerHost.On(queue))));
        Assert.NotEmpty(supplier.Released);
        Assert.Equal(supplier.Reserved.Order(), supplier.Released.Order());
        Assert.Equal([SlotType.Workflow, SlotType.Activity, SlotType.LocalActivity], supplier.Types.Keys.Order());
        Assert.Equal(["Greet", "Greeter"], supplier.Names.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_slot_for_local_activities_is_reserved_before_there_is_one_and_released_at_the_end()
    {
        var supplier = new Counting();
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { Tuner = new(new FixedSizeSlotSupplier(1), new FixedSizeSlotSupplier(1), supplier, new FixedSizeSlotSupplier(1)) };
        await host.RunAsync(options.AddWorkflow<Instant>().AddActivity(Greeter.Greet), async queue =>
            Assert.Equal("done", await host.Client.ExecuteWorkflowAsync((Instant wf) => wf.RunAsync(), WorkerHost.On(queue))));
        Assert.Equal([SlotType.LocalActivity], supplier.Types.Keys);
        Assert.Equal([1], supplier.Reserved);
        Assert.Equal([1], supplier.Released);
        Assert.Empty(supplier.Names);
    }

    [Fact]
    public async Task A_supplier_that_throws_costs_its_slots_but_not_the_worker()
    {
        var supplier = new Throwing();
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { Tuner = new(supplier, supplier, supplier, new FixedSizeSlotSupplier(1)) };
        await host.RunAsync(options.AddWorkflow<Instant>().AddActivity(Greeter.Greet), async queue =>
            Assert.Equal("done", await host.Client.ExecuteWorkflowAsync((Instant wf) => wf.RunAsync(), WorkerHost.On(queue))));
    }

    [Fact]
    public async Task A_supplier_that_never_gives_a_slot_does_not_keep_the_worker_from_stopping()
    {
        var supplier = new Blocking();
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { Tuner = new(supplier, supplier, supplier, new FixedSizeSlotSupplier(1)) };
        await host.RunAsync(options.AddWorkflow<Instant>(), _ => supplier.Asked.Task);
    }

    [Fact]
    public async Task A_resource_based_tuner_runs_workflows_and_activities()
    {
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}") { Tuner = WorkerTuner.CreateResourceBased(1, 1) };
        options.AddWorkflow<Greeter>().AddActivity(Greeter.Greet);
        await host.RunAsync(options, async queue =>
            Assert.Equal("hello", await host.Client.ExecuteWorkflowAsync((Greeter wf) => wf.RunAsync(), WorkerHost.On(queue))));
    }

    [Fact]
    public void Numbers_and_a_tuner_exclude_each_other()
    {
        var options = new TemporalWorkerOptions("q") { Tuner = WorkerTuner.CreateResourceBased(0.5, 0.5), MaxConcurrentActivities = 1 };
        var e = Assert.Throws<ArgumentException>(() => new TemporalWorker(host.Client, options.AddWorkflow<Instant>()));
        Assert.Contains("Cannot set both Tuner and any of", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resource_based_suppliers_of_one_worker_have_one_target()
    {
        ResourceBasedSlotSupplier Supplier(double memory) => new(new(), new(memory, 0.5));
        TemporalWorkerOptions Options(double memoryOfOne) => new TemporalWorkerOptions("q")
        {
            Tuner = new(Supplier(0.5), Supplier(memoryOfOne), new FixedSizeSlotSupplier(1), new FixedSizeSlotSupplier(1)),
        }.AddWorkflow<Instant>();

        new TemporalWorker(host.Client, Options(0.5)).Dispose();
        var e = Assert.Throws<ArgumentException>(() => new TemporalWorker(host.Client, Options(0.6)));
        Assert.Contains("must have the same ResourceBasedTunerOptions", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<PollerBehavior, string> WrongNumbers => new()
    {
        { new PollerBehavior.SimpleMaximum(0), "SimpleMaximum poller behavior must be at least 1" },
        { new PollerBehavior.Autoscaling(minimum: 0), "Autoscaling minimum poller behavior must be at least 1" },
        { new PollerBehavior.Autoscaling(minimum: 6, maximum: 5), "Autoscaling maximum must be greater than or equal to minimum" },
        { new PollerBehavior.Autoscaling(minimum: 6, initial: 5), "Autoscaling initial must be between minimum and maximum" },
        { new PollerBehavior.Autoscaling(maximum: 4, initial: 5), "Autoscaling initial must be between minimum and maximum" },
    };

    [Theory]
    [MemberData(nameof(WrongNumbers))]
    public void A_worker_that_would_never_poll_is_refused(PollerBehavior polls, string problem)
    {
        foreach (var options in (TemporalWorkerOptions[])[new("q") { WorkflowTaskPollerBehavior = polls }, new("q") { ActivityTaskPollerBehavior = polls }])
        {
            var e = Assert.Throws<InvalidOperationException>(() => new TemporalWorker(host.Client, options.AddWorkflow<Instant>()));
            Assert.Equal(problem, e.Message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void No_eager_activities_are_asked_for_by_another_option(int number)
    {
        var options = new TemporalWorkerOptions("q") { MaxEagerActivityReservationsPerWorkflowTask = number };
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => new TemporalWorker(host.Client, options.AddWorkflow<Instant>()));
        Assert.Contains("DisableEagerActivityExecution", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1000.0, false)]
    public async Task Activities_come_past_their_queue_only_where_its_rate_is_not_limited(double? perSecond, bool eager)
    {
        var supplier = new Counting();
        var options = new TemporalWorkerOptions($"tq-{Guid.NewGuid()}")
        {
            Tuner = new WorkerTuner(new FixedSizeSlotSupplier(10), supplier, new FixedSizeSlotSupplier(10), new FixedSizeSlotSupplier(10)),
            MaxTaskQueueActivitiesPerSecond = perSecond,
        };
        options.AddWorkflow<Greeter>().AddActivity(Greeter.Greet);
        await host.RunAsync(options, async queue =>
            Assert.Equal("hello", await host.Client.ExecuteWorkflowAsync((Greeter wf) => wf.RunAsync(), WorkerHost.On(queue))));
        Assert.Equal(eager, supplier.WasTried);
    }

    [Workflow]
    public class Greeter
    {
        [Activity]
        public static string Greet() => "hello";

        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) };
            await Workflow.ExecuteLocalActivityAsync(() => Greet(), new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
            return await Workflow.ExecuteActivityAsync(() => Greet(), options);
        }
    }

    [Workflow]
    public class Instant
    {
        [WorkflowRun]
        public Task<string> RunAsync() => Task.FromResult("done");
    }

    private sealed class Counting : CustomSlotSupplier
    {
        private int last;

        internal ConcurrentBag<int> Reserved { get; } = [];

        internal ConcurrentBag<int> Released { get; } = [];

        internal ConcurrentDictionary<SlotType, bool> Types { get; } = new();

        internal ConcurrentDictionary<string, bool> Names { get; } = new();

        internal bool WasTried { get; private set; }

        public override Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(Reserve(ctx));
        }

        // For what the server may give along, past the queue.
        public override SlotPermit? TryReserveSlot(SlotReserveContext ctx)
        {
            WasTried = true;
            return Reserve(ctx);
        }

        private SlotPermit Reserve(SlotReserveContext ctx)
        {
            Types[ctx.SlotType] = true;
            var number = Interlocked.Increment(ref last);
            Reserved.Add(number);
            return new SlotPermit(number);
        }

        public override void MarkSlotUsed(SlotMarkUsedContext ctx) => Names[ctx.SlotInfo switch
        {
            SlotInfo.WorkflowSlotInfo workflow => workflow.WorkflowType,
            SlotInfo.ActivitySlotInfo activity => activity.ActivityType,
            SlotInfo.LocalActivitySlotInfo local => local.ActivityType,
            _ => "?",
        }] = true;

        public override void ReleaseSlot(SlotReleaseContext ctx) => Released.Add((int)ctx.Permit.UserData!);
    }

    private sealed class Throwing : CustomSlotSupplier
    {
        public override Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken) =>
            ctx.SlotType == SlotType.Workflow
                ? Task.FromResult(new SlotPermit(1))
                : throw new InvalidOperationException("reserve");

        public override SlotPermit? TryReserveSlot(SlotReserveContext ctx) => throw new InvalidOperationException("try");

        public override void MarkSlotUsed(SlotMarkUsedContext ctx) => throw new InvalidOperationException("mark");

        public override void ReleaseSlot(SlotReleaseContext ctx) => throw new InvalidOperationException("release");
    }

    private sealed class Blocking : CustomSlotSupplier
    {
        internal TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<SlotPermit> ReserveSlotAsync(SlotReserveContext ctx, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("not reached");
        }

        public override SlotPermit? TryReserveSlot(SlotReserveContext ctx) => null;

        public override void MarkSlotUsed(SlotMarkUsedContext ctx)
        {
        }

        public override void ReleaseSlot(SlotReleaseContext ctx)
        {
        }
    }
}
