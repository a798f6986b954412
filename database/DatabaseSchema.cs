using System.Reflection;

namespace TemporalDelivery.Database;

/// <summary>What a host needs to bring the database to the schema that the stores expect.</summary>
public static class DatabaseSchema
{
    /// <summary>The schema that holds the list of applied scripts.</summary>
    public const string Name = "orders";

    /// <summary>Embeds the numbered scripts of <c>Migrations/</c>.</summary>
    public static Assembly Scripts => typeof(DatabaseSchema).Assembly;
}
