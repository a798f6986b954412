using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Hosting.Temporal;
using TemporalDelivery.Tests.Temporal;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace TemporalDelivery.Hosting.Tests.Temporal;

public sealed class TemporalSetupTests
{
    [Theory]
    [InlineData("127.0.0.1:7233", typeof(GrpcCompression.None))]
    [InlineData("temporal.example.com:7233", typeof(GrpcCompression.Gzip))]
    public void Calls_are_compressed_only_where_they_leave_the_machine(string address, Type compression)
    {
        using var host = Build(address);

        Assert.IsType(compression, host.Services.GetRequiredService<ITemporalClient>().Connection.Options.GrpcCompression);
    }

    [Fact]
    public async Task A_host_starts_while_Temporal_is_away_and_tells_that_it_is()
    {
        using var host = Build("127.0.0.1:1");
        await host.StartAsync(TestContext.Current.CancellationToken);

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HealthStatus.Unhealthy, report.Entries["temporal"].Status);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_missing_workflow_is_told_from_a_missing_namespace()
    {
        await using var environment = await TestTemporal.StartLocalAsync();
        var address = environment.Client.Connection.Options.TargetHost!;
        using var host = Build(address);
        using var elsewhere = Build(address, "no-such-namespace");

        Assert.True((await DescribeAsync(host)).IsMissingWorkflow());

        var failure = await DescribeAsync(elsewhere);
        Assert.Equal(RpcException.StatusCode.NotFound, failure.Code);
        Assert.False(failure.IsMissingWorkflow());
    }

    private static async Task<RpcException> DescribeAsync(IHost host)
    {
        var nobody = host.Services.GetRequiredService<ITemporalClient>().GetWorkflowHandle("nobody");
        return await Assert.ThrowsAsync<RpcException>(() => nobody.DescribeAsync());
    }

    private static IHost Build(string address, string @namespace = "default")
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Temporal:Address", address), new("Temporal:Namespace", @namespace)]);
        builder.AddTemporal();
        return builder.Build();
    }
}
