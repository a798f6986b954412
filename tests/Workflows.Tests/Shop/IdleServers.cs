using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows.Actors;
using TemporalDelivery.Workflows.Pages;
using TemporalDelivery.Workflows.Tests.Shop;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;

[assembly: AssemblyFixture(typeof(IdleServers))]

namespace TemporalDelivery.Workflows.Tests.Shop;

/// <summary>
/// Time-skipping servers that a test has done with, for the next: starting one takes longer than many tests do. Each test has a namespace
/// of its own, so that nothing of another's is seen; only the clock is ahead.
/// </summary>
public sealed class IdleServers : IAsyncDisposable
{
    // Tests let weeks pass.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(365);

    private static readonly ConcurrentBag<WorkflowEnvironment> Idle = [];

    /// <summary>A server that is idle, or another.</summary>
    internal static async Task<WorkflowEnvironment> TakeAsync(ActorProofInterceptor proof) =>
        Idle.TryTake(out var environment) ? environment : await TestTemporal.StartTimeSkippingAsync(Advice.AllowedNow, [proof]);

    /// <summary>A client of a new namespace there.</summary>
    /// <param name="environment">The server.</param>
    /// <param name="awaited">Counts the results that are being waited for.</param>
    internal static async Task<ITemporalClient> NewNamespaceAsync(WorkflowEnvironment environment, AwaitedResults awaited)
    {
        var name = $"shop-{Guid.CreateVersion7()}";
        await environment.Client.WorkflowService.RegisterNamespaceAsync(
            new RegisterNamespaceRequest { Namespace = name, WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(Retention) }
        );
        var options = (TemporalClientOptions)environment.Client.Options.Clone();
        options.Namespace = name;
        options.Interceptors = [awaited, .. options.Interceptors ?? []];
        var client = new TemporalClient(environment.Client.Connection, options);
        await SearchAttributeRegistration.RegisterAsync(client, BusinessAttributes.All, CancellationToken.None);
        return client;
    }

    /// <summary>Ends what still runs, and keeps the server; one that cannot say what runs is stopped.</summary>
    internal static async Task GiveBackAsync(WorkflowEnvironment environment, ITemporalClient client, AwaitedResults awaited)
    {
        try
        {
            await foreach (var running in client.ListWorkflowsAsync("ExecutionStatus = 'Running'"))
            {
                await client.GetWorkflowHandle(running.Id, running.RunId).TerminateAsync();
            }

            await awaited.NoneAsync();
            Idle.Add(environment);
        }
        catch (RpcException)
        {
            await environment.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (Idle.TryTake(out var environment))
        {
            await environment.DisposeAsync();
        }
    }
}
