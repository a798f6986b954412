using System.Reflection;
using System.Text;
using Microsoft.Extensions.Configuration;
using TemporalDelivery.Hosting.Configuration;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>The numbered scripts of one module, and its seeds. Sets share a database and know nothing of each other.</summary>
public sealed class MigrationSet
{
    private const string Folder = "Migrations/";
    private const string SeedFolder = "Seeds/";
    private const string SeedKey = "Database:Seed";

    /// <param name="schema">The schema that the migrator makes and keeps the set's list of applied scripts in; a plain lower-case
    /// name.</param>
    /// <param name="migrations">The scripts, in any order.</param>
    /// <param name="seeds">By name, scripts that insert rows to try the system on and leave those alone that are there.</param>
    /// <exception cref="MigrationException">Two have the same number.</exception>
    public MigrationSet(string schema, IEnumerable<Migration> migrations, IReadOnlyDictionary<string, string>? seeds = null)
    {
        Schema = schema;
        Seeds = seeds ?? new Dictionary<string, string>();
        Migrations = [.. migrations.OrderBy(migration => migration.Number)];
        foreach (var (former, latter) in Migrations.Zip(Migrations.Skip(1)))
        {
            if (former.Number == latter.Number)
            {
                throw new MigrationException($"Migrations {former.FileName} and {latter.FileName} have the same number.");
            }
        }
    }

    /// <summary>The schema that holds the list of applied scripts.</summary>
    public string Schema { get; }

    /// <summary>The scripts, by number.</summary>
    public IReadOnlyList<Migration> Migrations { get; }

    /// <summary>What the set can be seeded with.</summary>
    public IReadOnlyDictionary<string, string> Seeds { get; }

    /// <summary>The script that is run whenever the database has been brought to the set's schema; null for none.</summary>
    public string? Seed { get; private init; }

    /// <summary>
    /// The scripts that an assembly embeds under the logical names <c>Migrations/NNNN_name.sql</c>, and the seeds under
    /// <c>Seeds/name.sql</c>.
    /// </summary>
    /// <exception cref="MigrationException">A script is misnamed, or two have the same number.</exception>
    public static MigrationSet EmbeddedIn(Assembly assembly, string schema) =>
        new(
            schema,
            Embedded(assembly, Folder).Select(script => Migration.Of(script.FileName, script.Sql)),
            Embedded(assembly, SeedFolder).ToDictionary(script => Path.GetFileNameWithoutExtension(script.FileName), script => script.Sql)
        );

    /// <summary>The same set with the seed of that name; null or empty for none.</summary>
    /// <exception cref="FormatException">There is no such seed.</exception>
    public MigrationSet SeededWith(string? name) =>
        name is null or "" ? this
        : Seeds.TryGetValue(name, out var seed) ? new(Schema, Migrations, Seeds) { Seed = seed }
        : throw new FormatException(
            $"'{name}' is no seed; expected {string.Join(" or ", Seeds.Keys.Order(StringComparer.Ordinal))}, or nothing"
        );

    /// <summary>The same set with the seed that the setting <c>Database:Seed</c> names; without the setting, with none.</summary>
    /// <exception cref="ConfigurationException">There is no such seed.</exception>
    public MigrationSet SeededBy(IConfiguration configuration)
    {
        try
        {
            return SeededWith(configuration.Text(SeedKey));
        }
        catch (FormatException failure)
        {
            throw new ConfigurationException($"{SeedKey}: {failure.Message}", failure);
        }
    }

    private static IEnumerable<(string FileName, string Sql)> Embedded(Assembly assembly, string folder)
    {
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[folder.Length..], reader.ReadToEnd());
        }
    }
}
