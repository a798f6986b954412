namespace Temporalio.Runtime;

/// <summary>
/// The name and version by which servers and histories know this library: those of the official package whose histories it
/// writes and reads (sdk-dotnet, Bridge/OptionsExtensions.cs: the version is the assembly's, with four numbers).
/// </summary>
internal static class SdkIdentity
{
    internal const string Name = "temporal-dotnet";
    internal const string Version = "1.18.0.0";
}
