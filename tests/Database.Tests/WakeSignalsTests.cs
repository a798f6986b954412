namespace TemporalDelivery.Database.Tests;

public sealed class WakeSignalsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_signals_before_a_wait_wake_it_once()
    {
        var wake = new WakeSignals();
        Parallel.For(0, 100, _ => wake.Signal("a"));

        Assert.True(await wake.WaitAsync("a", TimeSpan.FromMinutes(1), Now));
        Assert.False(await wake.WaitAsync("a", TimeSpan.Zero, Now));
    }

    [Fact]
    public async Task A_signal_wakes_its_own_channel_only()
    {
        var wake = new WakeSignals();
        wake.Signal("a");

        Assert.False(await wake.WaitAsync("b", TimeSpan.Zero, Now));
        Assert.True(await wake.WaitAsync("a", TimeSpan.Zero, Now));
    }

    [Fact]
    public async Task A_signal_reaches_whoever_waits()
    {
        var wake = new WakeSignals();
        var waiting = wake.WaitAsync("a", TimeSpan.FromMinutes(1), Now);

        wake.Signal("a");

        Assert.True(await waiting);
    }
}
