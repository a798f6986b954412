using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Hosting.Postgres;

namespace TemporalDelivery.Api.StatusReads;

/// <summary>Registers status reads and what keeps them fresh.</summary>
internal static class StatusReadSetup
{
    /// <exception cref="ConfigurationException">A value of the section <c>StatusReads</c> cannot be read.</exception>
    public static void AddStatusReads(this WebApplicationBuilder builder) =>
        builder
            .Services.AddSingleton(builder.Configuration.Section<StatusReadOptions>("StatusReads"))
            .AddSingleton<StatusCaches>()
            .AddNotificationHandler<StatusCaches>();
}
