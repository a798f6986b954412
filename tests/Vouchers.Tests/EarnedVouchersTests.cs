using System.Text.Json;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Testing;

namespace TemporalDelivery.Vouchers.Tests;

/// <summary>The module as it hears of completed orders, beside a Temporal without workers.</summary>
public sealed class EarnedVouchersTests : IAsyncLifetime
{
    private WorkflowEnvironment environment = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => environment = await TestTemporal.StartLocalAsync();

    public async ValueTask DisposeAsync() => await environment.DisposeAsync();

    [Fact]
    public async Task An_order_of_more_than_a_hundred_euros_earns_a_voucher_and_one_of_a_hundred_does_not()
    {
        var (hundred, more) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        await CompleteAsync(hundred, 10_000);
        await CompleteAsync(more, 10_001);

        Assert.Null(await RunAsync(hundred));
        Assert.NotNull(await RunAsync(more));
    }

    [Fact]
    public async Task An_order_whose_completion_is_told_again_starts_nothing_twice()
    {
        var order = Guid.CreateVersion7();
        await CompleteAsync(order, 20_000);
        var run = await RunAsync(order);

        await CompleteAsync(order, 20_000);

        Assert.Equal(run, await RunAsync(order));
    }

    [Fact]
    public async Task While_Temporal_is_away_the_teller_is_told_so() =>
        await Assert.ThrowsAnyAsync<Exception>(() =>
            new EarnedVouchers(TemporalClient.CreateLazy(new("127.0.0.1:1"))).StartAsync(Completed(Guid.CreateVersion7(), 20_000), Now)
        );

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"orderId":"01940000-0000-7000-8000-000000000001","totalCents":20000}""")]
    [InlineData("""{"orderId":"01940000-0000-7000-8000-000000000001","customerId":"ada","totalCents":20000}""")]
    public async Task A_completion_that_cannot_be_read_is_refused_as_such(string payload) =>
        await Assert.ThrowsAsync<JsonException>(() => new EarnedVouchers(environment.Client).StartAsync(payload, Now));

    private static string Completed(Guid order, long totalCents) =>
        $$"""{"orderId":"{{order}}","customerId":"{{Guid.CreateVersion7()}}","totalCents":{{totalCents}},"lines":[]}""";

    private Task CompleteAsync(Guid order, long totalCents) =>
        new EarnedVouchers(environment.Client).StartAsync(Completed(order, totalCents), Now);

    private async Task<string?> RunAsync(Guid order)
    {
        try
        {
            return (await environment.Client.GetWorkflowHandle($"voucher-{order}").DescribeAsync()).RunId;
        }
        catch (RpcException failure) when (failure.Code == RpcException.StatusCode.NotFound)
        {
            return null;
        }
    }
}
