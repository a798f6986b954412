namespace TemporalDelivery.Api.StatusReads;

/// <summary>Registers status reads and what keeps them fresh.</summary>
static class StatusReadSetup
{
    public static void AddStatusReads(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StatusCaches>();
        builder.Services.AddSingleton<IDatabaseListener>(services => services.GetRequiredService<StatusCaches>());
        builder.Services.AddHostedService<DatabaseNotifications>();
    }
}
