namespace TemporalDelivery.Bench.Api;

/// <summary>What it was measured on.</summary>
internal static class Machine
{
    public static void Say() =>
        Console.WriteLine(
            $"machine {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {Environment.OSVersion}, .NET {Environment.Version}"
        );
}
