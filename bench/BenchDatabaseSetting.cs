namespace TemporalDelivery.Bench;

/// <summary>
/// The PostgreSQL to measure on: in the environment, because a command line is everybody's to read and this holds a password.
/// </summary>
internal static class BenchDatabaseSetting
{
    /// <summary>What to say when it is not set.</summary>
    public const string Missing = $"{Variable} is not set; expected an Npgsql connection string";

    private const string Variable = "BENCH_DATABASE";

    /// <summary>The Npgsql connection string; null when it is not set.</summary>
    public static string? Read() => Read(Variable);

    /// <summary>The Temporal server's own PostgreSQL; null when it is not set.</summary>
    public static string? ReadTemporal() => Read("BENCH_TEMPORAL_DATABASE");

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } connection ? connection : null;
}
