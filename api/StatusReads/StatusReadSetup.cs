using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>Registers status reads and what keeps them fresh.</summary>
internal static class StatusReadSetup
{
    public static void AddStatusReads(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<StatusCaches>().AddNotificationHandler<StatusCaches>();
}
