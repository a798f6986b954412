using System.Runtime.InteropServices;
using Temporalio.Api.Worker.V1;

namespace Temporalio.Worker.Heartbeats;

/// <summary>The runtime and the operating system of this process, as heartbeats tell them.</summary>
internal static class HostEnvironment
{
    internal static EnvironmentInfo Describe() => new()
    {
        Runtimes =
        {
            new EnvironmentInfo.Types.Runtime
            {
                Type = EnvironmentInfo.Types.Runtime.Types.RuntimeType.DotnetCore,
                Version = Environment.Version.ToString(),
            },
        },
        Platform = Platform(),
    };

    private static EnvironmentInfo.Types.Platform? Platform()
    {
        var version = Environment.OSVersion.Version.ToString();
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => EnvironmentInfo.Types.Architecture.Amd64,
            Architecture.Arm64 => EnvironmentInfo.Types.Architecture.Arm64,
            _ => EnvironmentInfo.Types.Architecture.Unspecified,
        };
        if (OperatingSystem.IsLinux())
        {
            return new() { Linux = new() { Version = version, Architecture = architecture, Libc = Libc() } };
        }
        if (OperatingSystem.IsMacOS())
        {
            return new() { Macos = new() { Version = version, Architecture = architecture } };
        }
        return OperatingSystem.IsWindows()
            ? new() { Windows = new() { Version = version, Architecture = architecture } }
            : null;
    }

    private static EnvironmentInfo.Types.LinuxPlatform.Types.Libc Libc() =>
        RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? EnvironmentInfo.Types.LinuxPlatform.Types.Libc.Musl
            : EnvironmentInfo.Types.LinuxPlatform.Types.Libc.Glibc;
}
