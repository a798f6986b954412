using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Client;
using Temporalio.Runtime;
using Temporalio.Worker;
using Temporalio.Worker.Execution;
using Temporalio.Worker.Tuning;

namespace Temporalio.Tests.Worker;

public sealed class PollLoopTests(WorkerHost host)
{
    [Fact]
    public async Task A_loop_waits_for_what_is_reserved_and_reserves_nothing_once_it_has_ended()
    {
        var link = new WorkerLink(
            () => host.Client.Connection, "default", "me", new TemporalWorkerOptions("q"), TemporalRuntime.Default);
        using var slots = new WorkerSlots(SlotType.Activity, new FixedSizeSlotSupplier(1), link, NullLogger.Instance);
        var handled = new TaskCompletionSource<string>();
        using var loop = new PollLoop<string>(
            slots,
            isSticky: false,
            _ => Task.FromResult(default(PollLoop<string>.Answer)),
            (task, slot) =>
            {
                slot.Dispose();
                handled.SetResult(task);
                return Task.CompletedTask;
            });
        var reservation = loop.TryReserve();
        Assert.Null(loop.TryReserve());
        var running = loop.RunAsync(PollerScale.Fixed(0), new(canceled: true), new(canceled: true));
        Assert.False(running.IsCompleted);
        reservation!.Start("task");
        await running;
        Assert.Equal("task", await handled.Task);
        Assert.Null(loop.TryReserve());
        Assert.NotNull(slots.TryReserve());
    }
}
