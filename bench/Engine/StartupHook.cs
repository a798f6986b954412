using TemporalDelivery.Bench.Engine;

/// <summary>
/// Loaded into the measured server by <c>DOTNET_STARTUP_HOOKS</c> (which demands this name and no namespace), so that the executable
/// that is shipped can be asked to collect its garbage and needs no code for it.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime before the program's own Main.</summary>
    public static void Initialize() => CollectOnRequest.Install();
}
