using Temporalio.Extensions.Hosting;

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
        builder.Services.AddTemporalClient(
            builder.Configuration["Temporal:Address"] is { Length: > 0 } address ? address : "localhost:7233",
            builder.Configuration["Temporal:Namespace"] is { Length: > 0 } name ? name : "default");
        builder.Services.AddSingleton<WorkflowCalls>();
    }
}
