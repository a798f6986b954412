using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Client;
using Temporalio.Testing;
using Temporalio.Worker;

namespace TemporalDelivery.Api.Tests;

/// <summary>
/// The host beside a Temporal whose workflows are <see cref="StubOrderWorkflow"/> and <see cref="StubDeliveryWorkflow"/>.
/// </summary>
public class TemporalApplication : ApiApplication
{
    private readonly CancellationTokenSource stopped = new();
    private WorkflowEnvironment? environment;
    private Task working = Task.CompletedTask;

    public ITemporalClient Temporal => environment!.Client;

    /// <summary>
    /// Waits until every accepted order's workflow is started, and writes this one's status as a real one would by now (the stub's
    /// writes none).
    /// </summary>
    public async Task StartedAsync(Guid order)
    {
        while (await CountAsync("select count(*) from orders.starts where started_at is null") > 0)
        {
            await Task.Yield();
        }

        await ExecuteAsync(
            "update orders.orders set status = 'PAYMENT_PROCESSING' where order_id = @order and status = 'PENDING'",
            new { order }
        );
    }

    protected override async Task<string> TemporalAddressAsync()
    {
        await StartTemporalAsync(null);
        return environment!.Client.Connection.Options.TargetHost!;
    }

    protected async Task StartTemporalAsync(string? address)
    {
        environment = await TestTemporal.StartLocalAsync(address, BusinessAttributes.All);
        working = Task.WhenAll(
            WorkAsync(new TemporalWorkerOptions(TaskQueues.Orders).AddWorkflow<StubOrderWorkflow>()),
            WorkAsync(new TemporalWorkerOptions(TaskQueues.Deliveries).AddWorkflow<StubDeliveryWorkflow>())
        );
    }

    /// <summary>A delivery order of Ada's with its workflow, delivered.</summary>
    public async Task<Guid> DeliveredAsync()
    {
        var delivery = await DeliveryAsync(await AsCustomer(Ada).PlaceAsync(Stories.Order(Ada)), "DELIVERED");
        await Temporal.StartWorkflowAsync(
            (StubDeliveryWorkflow workflow) => workflow.RunAsync(delivery),
            new WorkflowOptions(WorkflowIds.Delivery(delivery), TaskQueues.Deliveries)
        );
        return delivery;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await stopped.CancelAsync();
        await working;
        if (environment is not null)
        {
            await environment.DisposeAsync();
        }

        stopped.Dispose();
    }

    private async Task WorkAsync(TemporalWorkerOptions options)
    {
        using var worker = new TemporalWorker(environment!.Client, options);
        try
        {
            await worker.ExecuteAsync(stopped.Token);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The end of the test class.
        }
    }
}
