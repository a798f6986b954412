using System.Diagnostics;
using System.Globalization;

namespace Temporalio.Worker.Heartbeats;

/// <summary>How much of the machine is in use, from 0 to 1.</summary>
internal sealed class HostUse
{
    private const string Times = "/proc/stat";

    private readonly Lock gate = new();
    private (double Busy, double All)? before;

    /// <summary>The part of physical memory, or of what a container may have, that is in use.</summary>
    internal static double Memory()
    {
        var memory = GC.GetGCMemoryInfo(GCKind.Any);
        return memory.TotalAvailableMemoryBytes == 0
            ? 0
            : Math.Clamp((double)memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes, 0, 1);
    }

    /// <summary>The part of all processors that was busy since the last call, or since the start at the first.</summary>
    internal double Processors()
    {
        lock (gate)
        {
            var now = OperatingSystem.IsLinux() ? OfHost() : OfProcess();
            var (busy, all) = before is { } last ? (now.Busy - last.Busy, now.All - last.All) : now;
            before = now;
            return all <= 0 ? 0 : Math.Clamp(busy / all, 0, 1);
        }
    }

    // The first line has the times of all processors: user, nice, system, idle, iowait and further busy ones (man 5 proc_stat).
    private static (double Busy, double All) OfHost()
    {
        var times = File.ReadLines(Times).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        var all = times.Sum();
        return (all - times[3] - times[4], all);
    }

    // Elsewhere only our own part is known without calls of the operating system.
    private static (double Busy, double All) OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return (
            Environment.CpuUsage.TotalTime.TotalSeconds,
            (DateTime.UtcNow - process.StartTime.ToUniversalTime()).TotalSeconds * Environment.ProcessorCount);
    }
}
