using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TemporalDelivery.Worker.Hosting;

/// <summary>Connects the host to Temporal.</summary>
static class TemporalSetup
{
    /// <summary>Registers the client for <c>Temporal:Address</c> and <c>Temporal:Namespace</c>; it connects when it is first used.</summary>
    public static void AddTemporal(this HostApplicationBuilder builder) =>
        builder.Services.AddTemporalClient(
            builder.Configuration["Temporal:Address"] is { Length: > 0 } address ? address : "localhost:7233",
            builder.Configuration["Temporal:Namespace"] is { Length: > 0 } name ? name : "default");
}
