namespace TemporalDelivery.Database.Tests;

public sealed class BellsTests
{
    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_rings_before_a_wait_wake_it_once()
    {
        var bells = new Bells();
        Parallel.For(0, 100, _ => bells.Ring("a"));

        Assert.True(await bells.WaitAsync("a", TimeSpan.FromMinutes(1), Now));
        Assert.False(await bells.WaitAsync("a", TimeSpan.Zero, Now));
    }

    [Fact]
    public async Task A_ring_wakes_its_own_channel_only()
    {
        var bells = new Bells();
        bells.Ring("a");

        Assert.False(await bells.WaitAsync("b", TimeSpan.Zero, Now));
        Assert.True(await bells.WaitAsync("a", TimeSpan.Zero, Now));
    }

    [Fact]
    public async Task A_ring_reaches_whoever_waits()
    {
        var bells = new Bells();
        var waiting = bells.WaitAsync("a", TimeSpan.FromMinutes(1), Now);

        bells.Ring("a");

        Assert.True(await waiting);
    }
}
