using System.Text.RegularExpressions;

namespace TemporalDelivery.Architecture.Tests;

/// <summary>A stranger finds the room of any line.</summary>
public sealed partial class NamingTests
{
    private static readonly string[] Leftovers = ["Common", "Utils", "Util", "Helpers", "Helper", "Managers", "Models", "Misc"];

    // Who starts a Temporal server, and who tells of it.
    private static readonly string[] MayNameTheEmbeddedServer =
    [
        "temporal-dev.sh",
        "dev/",
        "Dockerfile",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/",
        "bench/Engine/",
        "bench/Program.cs",
        "tests/Temporal/",
        "tests/Architecture.Tests/",
        "Directory.Packages.props",
        "embedded/",
    ];

    private static readonly string[] CodeAndConfiguration =
    [
        ".cs",
        ".csproj",
        ".props",
        ".targets",
        ".sh",
        ".yml",
        ".yaml",
        ".sql",
        ".md",
        ".slnf",
    ];

    private static IEnumerable<string> Sources => Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    [Fact]
    public void No_folder_is_for_leftovers() =>
        Assert.All(Sources, file => Assert.Empty(file.Split('/').Intersect(Leftovers, StringComparer.OrdinalIgnoreCase)));

    [Fact]
    public void Namespaces_follow_folders()
    {
        var misplaced =
            from project in Repository.Projects
            where !project.StartsWith("embedded/", StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(project)!
            let root = (string?)Repository.Load(project).Descendants("RootNamespace").FirstOrDefault()
                ?? Path.GetFileNameWithoutExtension(project)
            from file in Sources
            where file.StartsWith($"{folder}/", StringComparison.Ordinal)
            let declared = Namespace().Match(Repository.Read(file))
            where declared.Success
            let inner = Path.GetDirectoryName(Path.GetRelativePath(folder, file))!.Replace('/', '.')
            let expected = inner.Length == 0 ? root : $"{root}.{inner}"
            where declared.Groups[1].Value != expected
            select $"{file}: {declared.Groups[1].Value}, expected {expected}";

        Assert.Empty(misplaced);
    }

    [Fact]
    public void Only_the_script_and_the_test_fixture_know_which_server_stands_in() =>
        Assert.Empty(
            from file in Repository.Files
            where !MayNameTheEmbeddedServer.Any(allowed => file.StartsWith(allowed, StringComparison.Ordinal))
            where CodeAndConfiguration.Contains(Path.GetExtension(file))
            let text = Repository.Read(file)
            where text.Contains("embedded/", StringComparison.Ordinal) || text.Contains("Temporal.Server", StringComparison.Ordinal)
            select file
        );

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
