namespace TemporalDelivery.Api.Hosting;

/// <summary>Runs the host and turns what keeps it from starting into one line and an exit code.</summary>
static class Startup
{
    const int Misconfigured = 2;

    /// <returns>0 after a graceful stop; 2 when the configuration, or what it points at, does not let the host start.</returns>
    public static async Task<int> RunAsync(Func<Task> host)
    {
        try
        {
            await host();
            return 0;
        }
        catch (Exception failure) when (failure is ConfigurationFault or IOException)
        {
            // An address in use arrives as an IOException whose message names it.
            await Console.Error.WriteLineAsync($"api: {failure.Message}");
            return Misconfigured;
        }
    }
}
