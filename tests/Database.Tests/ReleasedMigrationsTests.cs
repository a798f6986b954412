using System.Security.Cryptography;
using TemporalDelivery.Tests.Postgres;

namespace TemporalDelivery.Database.Tests;

/// <summary>
/// What a release has brought to databases is never changed afterwards: a file per version says what its scripts were, as
/// <c>sha256sum database/Migrations/*.sql vouchers/Migrations/*.sql</c> prints it.
/// </summary>
public sealed class ReleasedMigrationsTests
{
    private static readonly string Folder = Path.Combine(PostgresServer.RepositoryRoot, "tests/Database.Tests/Released");

    public static TheoryData<string> Versions => [.. Directory.GetFiles(Folder, "*.sha256").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Scripts_of_a_release_are_what_they_were(string version)
    {
        var released = File.ReadAllLines(Path.Combine(Folder, version)).Select(line => line.Split("  ")).ToList();

        Assert.NotEmpty(released);
        Assert.All(released, script => Assert.Equal((script[1], script[0]), (script[1], Sum(script[1]))));
    }

    [Fact]
    public void A_new_script_comes_after_all_that_were_released()
    {
        var released = Versions.SelectMany(version => File.ReadAllLines(Path.Combine(Folder, version.Data))).Select(line => line.Split("  ")[1]);
        foreach (var folder in released.Distinct().GroupBy(script => Path.GetDirectoryName(script)!))
        {
            var last = folder.Max(StringComparer.Ordinal)!;
            var added = Directory
                .GetFiles(Path.Combine(PostgresServer.RepositoryRoot, folder.Key), "*.sql")
                .Select(file => $"{folder.Key}/{Path.GetFileName(file)}")
                .Except(folder);

            Assert.All(added, script => Assert.True(string.CompareOrdinal(script, last) > 0, $"{script} comes before {last}"));
        }
    }

    private static string Sum(string script) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(PostgresServer.RepositoryRoot, script))));
}
