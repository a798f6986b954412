using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TemporalDelivery.Worker.Hosting;

namespace TemporalDelivery.Worker.Health;

/// <summary>Registers the health listener.</summary>
static class HealthSetup
{
    /// <summary>Listens on <c>Health:Url</c>, e.g. <c>http://127.0.0.1:8081</c>; without it the worker opens no port.</summary>
    /// <exception cref="ConfigurationFault">It is not an http address.</exception>
    public static void AddHealth(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Readiness>();
        if (builder.Configuration["Health:Url"] is not { Length: > 0 })
            return;

        var url = builder.Configuration.RequireUrl("Health:Url").ToString();
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<HealthListener>(services, url));
    }
}
