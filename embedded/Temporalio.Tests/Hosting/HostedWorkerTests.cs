using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Testing;
using Temporalio.Workflows;

namespace Temporalio.Tests.Hosting;

public sealed class HostedWorkerTests
{
    [Fact]
    public async Task Two_workers_of_one_host_run_workflows_whose_activities_have_a_scope_each()
    {
        await using var environment = await WorkflowEnvironment.StartLocalAsync();
        var target = environment.Client.Connection.Options.TargetHost!;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScoped<Till>();
        builder.Services.AddTemporalClient(target);
        builder.Services.AddHostedTemporalWorker("orders").AddScopedActivities<Payments>().AddWorkflow<Order>();
        builder.Services.AddHostedTemporalWorker(target, "default", "others").AddStaticActivities(typeof(Greeting)).AddWorkflow<Other>();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<ITemporalClient>();

        var first = await client.ExecuteWorkflowAsync((Order order) => order.RunAsync(), new("o1", "orders"));
        var other = await client.ExecuteWorkflowAsync((Other order) => order.RunAsync(), new("o2", "others"));
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("hello", other);
        Assert.Equal(2, first.Distinct().Count());
        Assert.All(first, id => Assert.Contains(id, Till.Closed));
    }

    [Fact]
    public void A_second_worker_of_the_same_queue_is_refused()
    {
        var services = new ServiceCollection();
        services.AddHostedTemporalWorker("orders");

        Assert.Throws<InvalidOperationException>(() => services.AddHostedTemporalWorker("orders"));
        services.AddHostedTemporalWorker("deliveries");
    }

    [Fact]
    public void A_worker_without_a_client_is_refused_when_the_host_starts()
    {
        var services = new ServiceCollection();
        services.AddHostedTemporalWorker("orders").AddWorkflow<Order>();
        using var provider = services.BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => provider.GetServices<IHostedService>().ToList());
    }

    /// <summary>A service of the scope; knows which of them were disposed of.</summary>
    public sealed class Till : IDisposable
    {
        internal static System.Collections.Concurrent.ConcurrentBag<Guid> Closed { get; } = [];

        internal Guid Id { get; } = Guid.NewGuid();

        public void Dispose() => Closed.Add(Id);
    }

    public sealed class Payments(Till till)
    {
        [Activity]
        public async Task<Guid> ChargeAsync()
        {
            await Task.Yield();
            Assert.DoesNotContain(till.Id, Till.Closed);
            Assert.NotNull(ActivityScope.ServiceScope);
            return till.Id;
        }
    }

    public static class Greeting
    {
        [Activity]
        public static string Greet() => "hello";
    }

    [Workflow("HostedOrder")]
    public class Order
    {
        [WorkflowRun]
        public async Task<List<Guid>> RunAsync()
        {
            var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30), RetryPolicy = new() { MaximumAttempts = 1 } };
            return
            [
                await Workflow.ExecuteActivityAsync((Payments payments) => payments.ChargeAsync(), options),
                await Workflow.ExecuteActivityAsync((Payments payments) => payments.ChargeAsync(), options),
            ];
        }
    }

    [Workflow("HostedOther")]
    public class Other
    {
        [WorkflowRun]
        public async Task<string> RunAsync() => await Workflow.ExecuteActivityAsync(
            () => Greeting.Greet(), new() { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
    }
}
