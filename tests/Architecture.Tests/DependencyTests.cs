namespace TemporalDelivery.Architecture.Tests;

/// <summary>Who may know whom; <c>docs/onboarding.md</c> draws it.</summary>
public sealed class DependencyTests
{
    // A room of the product, and all that it may refer to.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["workflows"] = [],
        ["hosting"] = [],
        ["database"] = ["workflows"],
        ["vouchers"] = [],
        ["activities"] = ["workflows", "database"],
        ["api"] = ["workflows", "database", "vouchers", "hosting"],
        ["worker"] = ["workflows", "database", "activities", "vouchers", "hosting"],
        ["simulators"] = ["hosting"],
        // For the counting of what a workflow costs, which tests hold and measurements print.
        ["bench"] = ["tests"],
        // For the whole system as processes, which end-to-end tests kill too.
        ["chaos"] = ["tests"],
    };

    public static TheoryData<string> ProjectsOfTheProduct =>
        [.. Repository.Projects.Where(project => !IsIn(project, "tests") && !IsIn(project, "embedded"))];

    public static TheoryData<string> AllProjects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(ProjectsOfTheProduct))]
    public void A_room_refers_only_to_rooms_that_it_may_know(string project)
    {
        Assert.True(
            Allowed.TryGetValue(Room(project), out var allowed),
            $"{Room(project)} is a room that nobody decided about: add it here and to the docs"
        );
        Assert.All(Repository.References(project), reference => Assert.Contains(Room(reference), allowed!));
    }

    [Theory]
    [MemberData(nameof(AllProjects))]
    public void Nothing_loads_the_embedded_server_but_its_own_house(string project) =>
        Assert.All(Repository.References(project), reference =>
            Assert.True(IsIn(project, "embedded") || !IsIn(reference, "embedded"), $"{project} refers to {reference}")
        );

    [Fact]
    public void Workflows_know_no_database_and_no_http() =>
        Assert.All(
            Repository
                .Load("workflows/TemporalDelivery.Workflows.csproj")
                .Descendants("PackageReference")
                .Select(package => (string)package.Attribute("Include")!),
            package => Assert.Contains(package, (string[])["Temporalio", "YamlDotNet"])
        );

    [Fact]
    public void End_to_end_tests_meet_the_product_as_processes_only() =>
        Assert.All(Repository.References("tests/EndToEnd/TemporalDelivery.EndToEnd.csproj"), reference =>
            Assert.StartsWith("tests/", reference, StringComparison.Ordinal)
        );

    [Fact]
    public void Every_project_of_the_product_is_in_its_solution()
    {
        var solution = Repository.Read("TemporalDelivery.sln").Replace('\\', '/');

        Assert.All(Repository.Projects.Where(project => !IsIn(project, "embedded")), project =>
            Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_project_is_built_before_the_tests()
    {
        var everything = Repository.Read("dev/all.slnx");

        Assert.All(Repository.Projects, project => Assert.Contains($"\"../{project}\"", everything, StringComparison.Ordinal));
    }

    private static bool IsIn(string path, string folder) => Room(path) == folder;

    private static string Room(string path) => path.Split('/')[0];
}
