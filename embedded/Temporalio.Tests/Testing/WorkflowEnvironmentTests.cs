using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Testing;
using Temporalio.Tests.Client;

namespace Temporalio.Tests.Testing;

public sealed class WorkflowEnvironmentTests
{
    [Fact]
    public async Task Many_environments_run_beside_each_other()
    {
        var environments = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WorkflowEnvironment.StartTimeSkippingAsync()));

        foreach (var environment in environments)
        {
            await environment.Client.StartWorkflowAsync("Any", [], new("same-id", "queue"));
        }

        Assert.Equal(8, environments.Select(each => each.Client.Connection.Options.TargetHost).Distinct().Count());
        await Task.WhenAll(environments.Select(each => each.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Time_is_skipped_by_a_delay_and_only_by_that()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        Assert.True(environment.SupportsTimeSkipping);
        var before = await environment.GetCurrentTimeAsync();

        await environment.DelayAsync(TimeSpan.FromDays(7));

        var passed = await environment.GetCurrentTimeAsync() - before;
        Assert.InRange(passed, TimeSpan.FromDays(7), TimeSpan.FromDays(7.01));
    }

    [Fact]
    public async Task Time_is_skipped_while_a_result_is_waited_for()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        var handle = await environment.Client.StartWorkflowAsync("Any", [], new("o1", "queue"));
        var worker = new HandWorker(environment.Client, "queue");
        await worker.AnswerAsync(HandWorker.Timer(TimeSpan.FromDays(30)));

        var result = handle.GetResultAsync();
        var afterTimer = await worker.AnswerAsync(HandWorker.Complete());
        await result;

        Assert.Contains(afterTimer.History.Events, each => each.EventType == Temporalio.Api.Enums.V1.EventType.TimerFired);
    }

    [Fact]
    public async Task Namespace_and_search_attributes_are_registered()
    {
        var status = SearchAttributeKey.CreateKeyword("OrderStatus");
        await using var environment = await WorkflowEnvironment.StartLocalAsync(new() { Namespace = "shop", SearchAttributes = [status] });

        var handle = await environment.Client.StartWorkflowAsync("Any", [], new("o1", "queue")
        {
            TypedSearchAttributes = new SearchAttributeCollection.Builder().Set(status, "OPEN").ToSearchAttributeCollection(),
        });

        Assert.Equal("OPEN", (await handle.DescribeAsync()).TypedSearchAttributes.Get(status));
        Assert.Equal(1, (await environment.Client.CountWorkflowsAsync("OrderStatus = 'OPEN'")).Count);
        Assert.False(environment.SupportsTimeSkipping);
    }

    [Fact]
    public async Task Options_that_cannot_be_met_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WorkflowEnvironment.StartLocalAsync(new() { UI = true }));
        await Assert.ThrowsAsync<ArgumentException>(() => WorkflowEnvironment.StartLocalAsync(new() { TargetHost = "example.test:1" }));
    }

    [Fact]
    public async Task A_result_that_is_there_is_returned_without_skipping()
    {
        await using var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        var handle = await environment.Client.StartWorkflowAsync("Any", [], new("o1", "queue"));
        await new HandWorker(environment.Client, "queue").AnswerAsync(HandWorker.Complete());

        await environment.WithAutoTimeSkippingDisabledAsync(() => handle.GetResultAsync());
    }
}
