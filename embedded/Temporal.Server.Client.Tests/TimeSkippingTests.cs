using Temporal.Server.Client.Tests.Work;
using Temporalio.Testing;
using Temporalio.Worker;

namespace Temporal.Server.Client.Tests;

/// <summary>The time-skipping test environment of the official SDK on this server.</summary>
public sealed class TimeSkippingTests
{
    [Fact]
    public async Task Three_days_pass_at_once_and_the_clock_has_moved_by_them()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync(
            new()
            {
                TestServer = new() { ExistingPath = ServerUnderTest.Executable, StartupTimeout = TimeSpan.FromMinutes(1) },
            }
        );
        var before = await environment.GetCurrentTimeAsync();
        using var worker = new TemporalWorker(
            environment.Client,
            new TemporalWorkerOptions("queue").AddWorkflow<Counter>().AddWorkflow<Sleeper>()
        );
        await worker.ExecuteAsync(async () =>
        {
            var handle = await environment.Client.StartWorkflowAsync(
                (Sleeper sleeper) => sleeper.RunAsync(TimeSpan.FromDays(3)),
                new("sleeper", "queue")
            );
            Assert.Equal("awake", await handle.GetResultAsync());

            // Skipping is locked again while nobody waits for a result: a test moves the time by itself.
            var counter = await environment.Client.StartWorkflowAsync((Counter counter) => counter.RunAsync(1), new("counter", "queue"));
            await environment.DelayAsync(TimeSpan.FromDays(1));
            Assert.Equal(1, await counter.QueryAsync(each => each.Value));
        });
        Assert.InRange(await environment.GetCurrentTimeAsync() - before, TimeSpan.FromDays(4), TimeSpan.FromDays(4.1));
    }
}
