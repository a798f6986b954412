using System.Reflection;
using System.Text;

namespace TemporalDelivery.Hosting.Postgres;

/// <summary>The numbered scripts of one module. Sets share a database and know nothing of each other.</summary>
public sealed class MigrationSet
{
    private const string Folder = "Migrations/";

    /// <param name="schema">The schema that the migrator makes and keeps the set's list of applied scripts in; a plain lower-case name.</param>
    /// <param name="migrations">The scripts, in any order.</param>
    /// <exception cref="MigrationException">Two have the same number.</exception>
    public MigrationSet(string schema, IEnumerable<Migration> migrations)
    {
        Schema = schema;
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

    /// <summary>The scripts that an assembly embeds under the logical names <c>Migrations/NNNN_name.sql</c>.</summary>
    /// <exception cref="MigrationException">A script is misnamed, or two have the same number.</exception>
    public static MigrationSet EmbeddedIn(Assembly assembly, string schema) =>
        new(schema, assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => Read(assembly, name)));

    private static Migration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return Migration.Of(resource[Folder.Length..], reader.ReadToEnd());
    }
}
