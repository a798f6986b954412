using System.Diagnostics;

namespace TemporalDelivery.Bench.Engine;

/// <summary>CPU time by process at a moment, or used between two.</summary>
/// <param name="Server">The server's.</param>
/// <param name="Worker">The worker's.</param>
/// <param name="Database">PostgreSQL's, all its processes; zero for the store in memory, and where they are not on this machine.</param>
/// <param name="Driver">The client's: this process.</param>
internal sealed record CpuTimes(TimeSpan Server, TimeSpan Worker, TimeSpan Database, TimeSpan Driver)
{
    public static CpuTimes operator -(CpuTimes later, CpuTimes earlier) =>
        new(later.Server - earlier.Server, later.Worker - earlier.Worker, later.Database - earlier.Database, later.Driver - earlier.Driver);

    /// <summary>All of it.</summary>
    public TimeSpan Total => Server + Worker + Database + Driver;

    /// <summary>This process's own.</summary>
    public static TimeSpan OfThisProcess => Environment.CpuUsage.TotalTime;

    /// <summary>Of processes that may be gone, which count nothing.</summary>
    public static TimeSpan Of(IEnumerable<int> processes)
    {
        var sum = TimeSpan.Zero;
        foreach (var id in processes)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                sum += process.TotalProcessorTime;
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It ended between being listed and being asked.
            }
        }

        return sum;
    }
}
