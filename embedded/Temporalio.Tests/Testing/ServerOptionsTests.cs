using Temporalio.Common;
using Temporalio.Testing;

namespace Temporalio.Tests.Testing;

/// <summary>What the options of a test environment's server mean, to the embedded server and to an executable alike.</summary>
public sealed class ServerOptionsTests
{
    private static string Executable => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Temporal.Server.exe" : "Temporal.Server");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_gets_its_namespace_search_attributes_and_extra_arguments(bool isExecutable)
    {
        var path = isExecutable ? Executable : null;
        await using var environment = await WorkflowEnvironment.StartLocalAsync(new()
        {
            Namespace = "shop",
            SearchAttributes = [SearchAttributeKey.CreateKeyword("OrderStatus")],
            DevServerOptions = new() { ExistingPath = path, LogFormat = "text", ExtraArgs = ["--dynamic-config-value", "limit.blobSize.error=4096"] },
        });

        var described = await environment.Client.WorkflowService.DescribeNamespaceAsync(new() { Namespace = "shop" });
        Assert.Equal(4096, described.NamespaceInfo.Limits.BlobSizeLimitError);
        var attributes = await environment.Client.OperatorService.ListSearchAttributesAsync(new() { Namespace = "shop" });
        Assert.Contains("OrderStatus", attributes.CustomAttributes.Keys);
        Assert.False(environment.SupportsTimeSkipping);
    }

    [Fact]
    public async Task An_executable_skips_time_as_the_embedded_server_does_and_ends_with_its_environment()
    {
        var environment = await WorkflowEnvironment.StartTimeSkippingAsync(new() { TestServer = new() { ExistingPath = Executable } });
        Assert.True(environment.SupportsTimeSkipping);
        var before = await environment.GetCurrentTimeAsync();

        await environment.DelayAsync(TimeSpan.FromDays(7));

        Assert.InRange(await environment.GetCurrentTimeAsync() - before, TimeSpan.FromDays(7), TimeSpan.FromDays(7.01));
        await environment.ShutdownAsync();
        await environment.DisposeAsync();
        await Assert.ThrowsAsync<Temporalio.Exceptions.RpcException>(() => environment.Client.WorkflowService.GetSystemInfoAsync(new(), new() { Timeout = TimeSpan.FromSeconds(5) }));
    }

    [Fact]
    public async Task What_the_embedded_server_cannot_do_is_refused_with_what_can_be_done_instead()
    {
        var file = await Assert.ThrowsAsync<ArgumentException>(() => WorkflowEnvironment.StartLocalAsync(new() { DevServerOptions = new() { DatabaseFilename = "orders.db" } }));
        Assert.Contains("--postgres", file.Message, StringComparison.Ordinal);
        var level = await Assert.ThrowsAsync<ArgumentException>(() => WorkflowEnvironment.StartLocalAsync(new() { DevServerOptions = new() { LogLevel = "loud" } }));
        Assert.Contains("debug, info, warn, error, never", level.Message, StringComparison.Ordinal);
        var extra = await Assert.ThrowsAsync<ArgumentException>(() => WorkflowEnvironment.StartTimeSkippingAsync(new() { TestServer = new() { ExtraArgs = ["--fast"] } }));
        Assert.Contains("--fast", extra.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_executable_that_does_not_start_is_named()
    {
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => WorkflowEnvironment.StartLocalAsync(new() { DevServerOptions = new() { ExistingPath = "/no/such/server" } }));
        Assert.Contains("/no/such/server cannot be started", missing.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => WorkflowEnvironment.StartLocalAsync(new()
        {
            DevServerOptions = new() { ExistingPath = Executable, LogLevel = "loud" },
        }));
        Assert.Contains("has ended with exit code 2", refused.Message, StringComparison.Ordinal);
    }
}
