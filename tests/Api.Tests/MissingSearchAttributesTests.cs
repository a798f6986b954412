using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Pages;
using Temporalio.Client;
using Temporalio.Testing;

namespace TemporalDelivery.Api.Tests;

/// <summary>A host beside a Temporal that does not know the search attributes yet.</summary>
public sealed class BareTemporalApplication : ApiApplication
{
    private WorkflowEnvironment? environment;

    public ITemporalClient Temporal => environment!.Client;

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await environment!.DisposeAsync();
    }

    protected override async Task<string> TemporalAddressAsync()
    {
        environment = await TestTemporal.StartLocalAsync();
        return Temporal.Connection.Options.TargetHost!;
    }
}

public sealed class MissingSearchAttributesTests(BareTemporalApplication api) : IClassFixture<BareTemporalApplication>
{
    [Fact(Timeout = 60_000)]
    public async Task Orders_wait_for_the_search_attributes_and_are_started_when_they_are_there()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var order = await api.AsCustomer(ApiApplication.Ada).PlaceAsync(Stories.Order(ApiApplication.Ada));
        await UntilAsync("select count(*) from orders.starts where last_error like '%search attribute%' and tries = 0", cancellation);

        await SearchAttributeRegistration.RegisterAsync(api.Temporal, BusinessAttributes.All, cancellation);
        await UntilAsync("select count(*) from orders.starts where started_at is not null", cancellation);

        var run = await api.Temporal.GetWorkflowHandle(WorkflowIds.Order(order)).DescribeAsync();
        Assert.Equal("PENDING", run.TypedSearchAttributes.Get(BusinessAttributes.OrderStatus));
        Assert.Equal(order.ToString(), run.TypedSearchAttributes.Get(BusinessAttributes.OrderId));
        Assert.Matches(@"^\d+ lines?, \d+\.\d\d EUR$", await run.GetStaticSummaryAsync());
    }

    private async Task UntilAsync(string count, CancellationToken cancellation)
    {
        while (await api.CountAsync(count) == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
