using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace TemporalDelivery.Database.Migrations;

/// <summary>One numbered SQL file, <c>NNNN_name.sql</c>.</summary>
/// <param name="Number">Its place in the order of all, from 1.</param>
/// <param name="FileName">The file it comes from.</param>
/// <param name="Sql">What it runs, in one transaction.</param>
public sealed partial record Migration(int Number, string FileName, string Sql)
{
    /// <summary>SHA-256 of the text in lower-case hexadecimal; line ends do not count, a checkout may change them.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The migrations embedded in an assembly, in order.</summary>
    /// <exception cref="MigrationException">A file is misnamed, or two have the same number.</exception>
    public static IReadOnlyList<Migration> EmbeddedIn(Assembly assembly)
    {
        var migrations = new SortedDictionary<int, Migration>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            var migration = Read(assembly, name);
            if (!migrations.TryAdd(migration.Number, migration))
                throw new MigrationException($"Migrations {migrations[migration.Number].FileName} and {name} have the same number.");
        }

        return [.. migrations.Values];
    }

    static Migration Read(Assembly assembly, string fileName)
    {
        var match = FileNamePattern().Match(fileName);
        if (!match.Success)
            throw new MigrationException($"Migration {fileName} must be named NNNN_name.sql, in lower case.");

        using var stream = assembly.GetManifestResourceStream(fileName)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new Migration(int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), fileName, reader.ReadToEnd());
    }

    [GeneratedRegex("^(?<number>[0-9]{4})_[a-z0-9_]+\\.sql$")]
    private static partial Regex FileNamePattern();
}
