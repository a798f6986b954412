using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Conformance;

/// <summary>Several processes that each want the whole machine: these tests run one by one, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ConformanceCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Conformance";
}

[Collection(ConformanceCollection.Name)]
public sealed class ConformanceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The program itself, as the SDK's test environments start it.</summary>
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Temporal.Server.exe" : "Temporal.Server");

    [Fact]
    public async Task The_genuine_typescript_sdk_runs_every_scenario_on_the_server_in_memory()
    {
        await NodeWorkspace.RequireAsync();
        await using var server = await DevServer.StartAsync("--search-attribute", "CustomCity=Keyword");

        await RunAsync("conformance.test.mjs", ("TEMPORAL_ADDRESS", server.Address), ("TEMPORAL_UI_ADDRESS", server.WebUiAddress));
    }

    [Fact]
    public async Task The_genuine_typescript_sdk_runs_every_scenario_on_the_server_on_postgresql()
    {
        await NodeWorkspace.RequireAsync();
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var server = await DevServer.StartAsync("--search-attribute", "CustomCity=Keyword", "--postgres", database.ConnectionString);

        await RunAsync("conformance.test.mjs", ("TEMPORAL_ADDRESS", server.Address), ("TEMPORAL_UI_ADDRESS", server.WebUiAddress));
    }

    [Fact]
    public async Task The_genuine_test_environments_start_our_executable_and_skip_time_on_it()
    {
        await NodeWorkspace.RequireAsync();

        await RunAsync("environments.test.mjs", ("TEMPORAL_SERVER_EXECUTABLE", Executable));
    }

    [Fact]
    public async Task A_server_killed_again_and_again_under_genuine_workers_loses_nothing_and_does_nothing_twice()
    {
        await NodeWorkspace.RequireAsync();
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);

        await RunAsync("chaos.test.mjs", ("TEMPORAL_SERVER_EXECUTABLE", Executable), ("TEMPORAL_POSTGRES", database.ConnectionString));
    }

    private static async Task RunAsync(string file, params IEnumerable<(string Name, string Value)> environment)
    {
        var (exitCode, output, errors) = await NodeWorkspace.RunAsync(
            ["--test", "--test-reporter=spec", file], environment.ToDictionary(variable => variable.Name, variable => variable.Value), Patience);

        Assert.True(exitCode == 0, output + errors);
        // A file that finds nothing to test succeeds, too.
        Assert.Matches("ℹ pass [1-9]", output);
        Assert.Matches("ℹ skipped 0", output);
    }
}
