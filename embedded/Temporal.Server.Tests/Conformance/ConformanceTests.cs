using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Conformance;

public sealed class ConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task The_genuine_typescript_sdk_runs_every_scenario_on_the_server_in_memory()
    {
        await NodeWorkspace.RequireAsync();
        await using var server = await ServerProcess.StartAsync("--search-attribute", "CustomCity=Keyword");

        await RunScenariosAsync(server);
    }

    [Fact]
    public async Task The_genuine_typescript_sdk_runs_every_scenario_on_the_server_on_postgresql()
    {
        await NodeWorkspace.RequireAsync();
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync("--search-attribute", "CustomCity=Keyword", "--postgres", database.ConnectionString);

        await RunScenariosAsync(server);
    }

    private static async Task RunScenariosAsync(ServerProcess server)
    {
        var (exitCode, output, errors) = await NodeWorkspace.RunAsync(
            ["--test", "--test-reporter=spec", "conformance.test.mjs"],
            new Dictionary<string, string> { ["TEMPORAL_ADDRESS"] = server.Address },
            Patience);

        Assert.True(exitCode == 0, output + errors);
        TestContext.Current.SendDiagnosticMessage(output);
    }
}
