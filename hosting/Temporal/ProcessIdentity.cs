using System.Reflection;

namespace TemporalDelivery.Hosting.Temporal;

/// <summary>How this process is called in histories and in the list of workers.</summary>
public static class ProcessIdentity
{
    /// <summary>The build: version and commit.</summary>
    public static string Build { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>What it does, where, as which process, of which build.</summary>
    public static string Of(string role) => $"{role}@{Environment.MachineName} pid {Environment.ProcessId} build {Build}";
}
