using System.Globalization;

namespace Temporal.Server.Long.Tests.Fuzz;

/// <summary>How long and with which seeds the fuzz tests run. A failure names its seed; with it the same requests come again.</summary>
internal static class FuzzSettings
{
    /// <summary>The seed that every run of the tests has.</summary>
    public const int FixedSeed = 20261125;

    /// <summary>How long each fuzz test goes on; environment variable <c>FUZZ_SECONDS</c>.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(Number("FUZZ_SECONDS") ?? 3);

    /// <summary>The seed of this run; environment variable <c>FUZZ_SEED</c>, else a new one.</summary>
    public static int RandomSeed { get; } = Number("FUZZ_SEED") ?? Random.Shared.Next();

    /// <summary>The seed that a test case means.</summary>
    public static int Seed(bool isFixed) => isFixed ? FixedSeed : RandomSeed;

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
