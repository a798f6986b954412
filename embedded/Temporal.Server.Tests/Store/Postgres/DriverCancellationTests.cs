using Temporal.Server.Store.Postgres;

namespace Temporal.Server.Tests.Store.Postgres;

public sealed class DriverCancellationTests
{
    [Fact]
    public void A_cancellation_that_finds_its_connection_gone_is_nobodys_error()
    {
        using var caller = new CancellationTokenSource();
        using var driver = new DriverCancellation(caller.Token);
        using var registration = driver.Token.Register(() => throw new ObjectDisposedException("connection"));
        caller.Cancel();
        Assert.True(driver.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_else_goes_wrong_in_a_cancellation_is_not_hidden()
    {
        using var caller = new CancellationTokenSource();
        using var driver = new DriverCancellation(caller.Token);
        using var registration = driver.Token.Register(() => throw new InvalidOperationException("a bug"));
        Assert.Throws<AggregateException>(caller.Cancel);
    }

    [Fact]
    public void A_cancellation_after_the_end_reaches_nothing()
    {
        using var caller = new CancellationTokenSource();
        CancellationToken token;
        using (var driver = new DriverCancellation(caller.Token))
        {
            token = driver.Token;
        }

        caller.Cancel();
        Assert.False(token.IsCancellationRequested);
    }
}
