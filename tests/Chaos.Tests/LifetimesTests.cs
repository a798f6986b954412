using TemporalDelivery.Chaos.Shopping;

namespace TemporalDelivery.Chaos.Tests;

public sealed class LifetimesTests
{
    [Fact]
    public async Task A_life_that_fails_is_a_difference_and_so_is_one_that_does_not_end()
    {
        using var abandoned = new CancellationTokenSource();
        var endless = Task.Delay(Timeout.Infinite, abandoned.Token);
        await abandoned.CancelAsync();

        var differences = await Lifetimes.EndAsync(
            [
                (() => "order 1", Task.CompletedTask),
                (() => "order 2", endless),
                (() => "order 3", Task.FromException(new InvalidOperationException("409"))),
            ],
            TestContext.Current.CancellationToken
        );

        Assert.Equal([("order 2", "none in time"), ("order 3", "409")], differences.Select(found => (found.Subject, found.Found)));
    }
}
