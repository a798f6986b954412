using System.Text.Json;
using TemporalDelivery.Tests.Postgres;

namespace Temporal.Server.Tests.Conformance;

/// <summary>
/// The deliberate faults of <c>embedded/conformance/faults/faults.json</c> still fit the server's sources and the scenarios. That each fault
/// turns its scenario red is shown by <c>node embedded/conformance/faults/faults.mjs</c>, which takes minutes.
/// </summary>
public sealed class FaultTableTests
{
    private static readonly string Embedded = Path.Combine(PostgresServer.RepositoryRoot, "embedded");
    private static readonly string Conformance = Path.Combine(Embedded, "conformance");
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Every_fault_is_planted_at_exactly_one_place_of_the_servers_sources()
    {
        var misfits = Faults().Where(fault => CountOf(fault.Find, SourceOf(fault)) != 1 || CountOf(fault.Expression ?? fault.Find, fault.Find) != 1);

        Assert.Empty(misfits.Select(fault => $"{fault.Name}: {fault.File}"));
    }

    [Fact]
    public void Every_fault_names_scenarios_that_exist()
    {
        var scenarios = string.Concat(Directory.EnumerateFiles(Conformance, "*.test.mjs").Concat(Directory.EnumerateFiles(Path.Combine(Conformance, "scenarios"))).Select(File.ReadAllText));

        var missing = Faults().SelectMany(fault => fault.Scenarios).Where(scenario => !scenarios.Contains($"'{scenario}'", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_fault_has_a_row_in_the_documentation()
    {
        var rows = File.ReadAllText(Path.Combine(PostgresServer.RepositoryRoot, "docs", "conformance.md"));

        Assert.All(Faults(), fault => Assert.Contains($"`{fault.Name}`", rows, StringComparison.Ordinal));
    }

    private static List<Fault> Faults() =>
        JsonSerializer.Deserialize<List<Fault>>(File.ReadAllText(Path.Combine(Conformance, "faults", "faults.json")), Json)!;

    private static string SourceOf(Fault fault) => File.ReadAllText(Path.Combine(Embedded, "Temporal.Server", fault.File));

    private static int CountOf(string part, string text) => text.Split(part).Length - 1;

    private sealed record Fault(string Name, string Feature, IReadOnlyList<string> Scenarios, string File, string Find, string? Expression, string Replace);
}
