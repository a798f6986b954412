using Temporalio.Activities;
using Temporalio.Testing;

namespace Temporalio.Tests.Testing;

public sealed class ActivityEnvironmentTests
{
    [Fact]
    public async Task An_activity_sees_its_info_and_its_heartbeats_are_heard()
    {
        var beats = new List<object?>();
        var environment = new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with { Attempt = 3 },
            Heartbeater = details => beats.AddRange(details),
        };

        var attempt = await environment.RunAsync(() =>
        {
            ActivityExecutionContext.Current.Heartbeat("half", 50);
            return ActivityExecutionContext.Current.Info.Attempt;
        });

        Assert.Equal(3, attempt);
        Assert.Equal(["half", 50], beats);
        Assert.False(ActivityExecutionContext.HasCurrent);
    }

    [Fact]
    public async Task A_cancelled_activity_learns_why()
    {
        var environment = new ActivityEnvironment();
        var running = environment.RunAsync(async () =>
        {
            var context = ActivityExecutionContext.Current;
            var cancelled = new TaskCompletionSource();
            await using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            return (context.CancelReason, context.CancellationDetails!.IsCancelRequested);
        });

        environment.Cancel();

        Assert.Equal((ActivityCancelReason.CancelRequested, true), await running);
    }

    [Fact]
    public async Task Activities_of_every_shape_run()
    {
        var ran = 0;
        var environment = new ActivityEnvironment();

        await environment.RunAsync(() => { ran++; });
        await environment.RunAsync(async () =>
        {
            await Task.Yield();
            ran++;
        });

        Assert.Equal(2, ran);
        await Assert.ThrowsAsync<InvalidOperationException>(() => environment.RunAsync(() => ActivityExecutionContext.Current.TemporalClient));
    }
}
