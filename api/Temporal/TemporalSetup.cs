using Temporalio.Client;

namespace TemporalDelivery.Api.Temporal;

/// <summary>Connects the host to Temporal.</summary>
static class TemporalSetup
{
    /// <summary>
    /// Registers the client for <c>Temporal:Address</c> and <c>Temporal:Namespace</c>. It connects when it is first used: the host starts,
    /// accepts orders and answers status reads while Temporal is away.
    /// </summary>
    public static void AddTemporal(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder.Services.AddSingleton<ITemporalClient>(services => TemporalClient.CreateLazy(new TemporalClientConnectOptions
        {
            TargetHost = configuration["Temporal:Address"] is { Length: > 0 } address ? address : "localhost:7233",
            Namespace = configuration["Temporal:Namespace"] is { Length: > 0 } name ? name : "default",
            LoggerFactory = services.GetRequiredService<ILoggerFactory>(),
        }));
        builder.Services.AddSingleton<WorkflowCalls>();
    }
}
