using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace TemporalDelivery.Bench.Engine;

/// <summary>
/// Lets another process ask this one to collect its garbage, so that what is measured as memory is in use. SIGWINCH, because a process
/// without a terminal gets it from nobody else.
/// </summary>
internal static class CollectOnRequest
{
    /// <summary>What the answering line on standard output begins with; the heap's size in bytes follows.</summary>
    public const string Answer = "collected, heap bytes: ";

    private static PosixSignalRegistration? registration;

    /// <summary>From here on the process collects when it is asked to.</summary>
    /// <exception cref="PlatformNotSupportedException">Windows has no such signal.</exception>
    public static void Install()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("bench engine needs signals");
        }

        registration ??= PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Collect());
    }

    /// <summary>Asks another process, which has installed it.</summary>
    public static void Ask(int process)
    {
        using var kill = Process.Start("kill", ["-WINCH", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.Out.WriteLine(Answer + GC.GetTotalMemory(forceFullCollection: false).ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
