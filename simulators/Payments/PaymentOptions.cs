using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Payments;

/// <summary>How the payment provider behaves.</summary>
/// <param name="Ledger">Path of its ledger.</param>
/// <param name="Pace">Time until a pending charge is decided.</param>
/// <param name="ErrorRate">Share of requests answered 503.</param>
/// <param name="SilenceRate">Share of requests that are done and not answered.</param>
/// <param name="DuplicateRate">Share of events that are sent once more after they were acknowledged.</param>
/// <param name="LossRate">Share of events whose webhook is never sent.</param>
internal sealed record PaymentOptions(
    string Ledger,
    TimeSpan Pace,
    double ErrorRate,
    double SilenceRate,
    double DuplicateRate,
    double LossRate,
    WebhookOptions Webhook
)
{
    public static readonly IReadOnlyList<Setting> Settings =
    [
        new("Urls", "http://127.0.0.1:8092", "address to listen on"),
        new("Ledger", null, "file of JSON lines with every charge and refund, kept over restarts; required"),
        new("Pace", "00:00:01", "time until a pending charge (tok_pending, tok_pending_declined) is decided"),
        .. WebhookOptions.Settings,
        new("ErrorRate", "0", "share of requests answered 503, half of them after they took effect"),
        new("SilenceRate", "0", "share of requests that take effect and are not answered before their caller gives up"),
        new("DuplicateRate", "0", "share of events that are sent once more after they were acknowledged"),
        new("LossRate", "0", "share of events whose webhook is never sent; asking still tells them"),
    ];

    /// <exception cref="ConfigurationException">A setting is missing or cannot be read.</exception>
    public static PaymentOptions Read(IConfiguration configuration) =>
        new(
            configuration.Required("Ledger"),
            configuration.Duration("Pace"),
            configuration.Probability("ErrorRate"),
            configuration.Probability("SilenceRate"),
            configuration.Probability("DuplicateRate"),
            configuration.Probability("LossRate"),
            WebhookOptions.Read(configuration)
        );
}
