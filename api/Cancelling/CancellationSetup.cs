namespace TemporalDelivery.Api.Cancelling;

/// <summary>Registers the cancelling of orders.</summary>
internal static class CancellationSetup
{
    public static void AddCancellations(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<OrderCancelling>().AddHostedService<CancellationRelay>();
}
