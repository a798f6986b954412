using TemporalDelivery.Api.StatusReads;

namespace TemporalDelivery.Api.Tests;

public sealed class StatusCacheTests
{
    private const int Capacity = 1_000_000;
    private const int Large = 20_000;

    private int reads;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_never_take_more_than_their_bytes_whatever_their_number_and_size()
    {
        var cache = Cache();
        for (var count = 0; count < 400; count++)
        {
            await cache.FindAsync(Guid.NewGuid(), Now);
            Assert.InRange(cache.HeldBytes, 0, Capacity + (2 * Large));
        }

        Assert.InRange(cache.HeldBytes, Capacity / 4, Capacity + (2 * Large));
    }

    [Fact]
    public async Task What_is_asked_for_again_and_again_stays_while_others_come_and_go()
    {
        var cache = Cache();
        var popular = Guid.NewGuid();
        for (var count = 0; count < 400; count++)
        {
            await cache.FindAsync(popular, Now);
            await cache.FindAsync(Guid.NewGuid(), Now);
        }

        Assert.Equal(401, reads);
    }

    [Fact]
    public async Task A_row_that_changes_again_and_again_takes_its_bytes_once()
    {
        var cache = Cache();
        var (changing, other) = (Guid.NewGuid(), Guid.NewGuid());
        await cache.FindAsync(other, Now);
        for (var count = 0; count < 400; count++)
        {
            await cache.FindAsync(changing, Now);
            cache.Forget(changing);
        }

        await cache.FindAsync(changing, Now);
        await cache.FindAsync(other, Now);

        Assert.Equal(402, reads);
        Assert.InRange(cache.HeldBytes, 2 * Large, 3 * Large);
    }

    [Fact]
    public async Task What_there_is_not_takes_no_bytes()
    {
        var cache = new StatusCache((_, _) => Task.FromResult<StatusDocument?>(null), Capacity);
        cache.Listen();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => cache.FindAsync(Guid.NewGuid(), Now).AsTask()));

        Assert.Equal(0, cache.HeldBytes);
    }

    private StatusCache Cache()
    {
        var cache = new StatusCache(
            (id, _) =>
            {
                Interlocked.Increment(ref reads);
                return Task.FromResult<StatusDocument?>(new(id, id, "PENDING", "\"1\"", new byte[Large]));
            },
            Capacity
        );
        cache.Listen();
        return cache;
    }
}
