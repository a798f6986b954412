using Temporal.Server.Batches;
using Temporal.Server.Store;

namespace Temporal.Server.Tests.Batches;

public sealed class BatchEntryTests
{
    [Fact]
    public async Task Whoever_watches_an_operation_sees_each_execution_counted_once_and_never_taken_back()
    {
        const int Pages = 1_000_000;
        const int PageSize = 3;
        var entry = new BatchEntry(new RecordKey("default", "batch", "job"), new BatchRecord(), version: 1);
        using var ended = new CancellationTokenSource();
        var watcher = Task.Run(() =>
        {
            var last = 0L;
            while (!ended.IsCancellationRequested)
            {
                var now = entry.Progress.Completed;
                Assert.InRange(now, last, Pages * PageSize);
                last = now;
            }
        });

        for (var done = 1; done <= Pages && !watcher.IsCompleted; done++)
        {
            var page = entry.BeginPage();
            for (var i = 0; i < PageSize; i++)
            {
                page.Count(success: true);
            }

            entry.Set(new BatchRecord { Completed = entry.Progress.Completed }, entry.Version + 1, pageIsCounted: true);
        }

        await ended.CancelAsync();
        await watcher;
        Assert.Equal(Pages * PageSize, entry.Progress.Completed);
    }
}
