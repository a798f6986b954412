using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;
using TemporalDelivery.Simulators.Webhooks;

namespace TemporalDelivery.Simulators.Partner;

/// <summary>How the partner behaves.</summary>
/// <param name="Ledger">Path of its ledger.</param>
/// <param name="Pace">Time from booking to pickup, and from pickup to the end.</param>
/// <param name="FailureRate">Share of deliveries that fail.</param>
/// <param name="ErrorRate">Share of requests answered 503.</param>
/// <param name="SilenceRate">Share of requests that are done and not answered.</param>
/// <param name="DuplicateRate">Share of events that are sent once more after they were acknowledged.</param>
/// <param name="DisorderRate">Share of deliveries whose pickup is told after their end.</param>
/// <param name="LossRate">Share of events whose webhook is never sent.</param>
internal sealed record PartnerOptions(
    string Ledger,
    TimeSpan Pace,
    double FailureRate,
    double ErrorRate,
    double SilenceRate,
    double DuplicateRate,
    double DisorderRate,
    double LossRate,
    WebhookOptions Webhook
)
{
    public static readonly IReadOnlyList<Setting> Settings =
    [
        new("Urls", "http://127.0.0.1:8091", "address to listen on"),
        new("Ledger", null, "file of JSON lines with every booking and event, kept over restarts; required"),
        new("Pace", "00:00:01", "time from booking to pickup, and again from pickup to delivery"),
        new(
            "FailureRate",
            "0.01",
            "share of deliveries that fail, 0 to 1 (FAIL:REASON in the address fails an order's first attempt at any rate, REFUSE:422 has its booking answered so, HOLD:PICKUP is never picked up)"
        ),
        .. WebhookOptions.Settings,
        new("ErrorRate", "0", "share of requests answered 503, half of them after they took effect"),
        new("SilenceRate", "0", "share of requests that take effect and are not answered before their caller gives up"),
        new("DuplicateRate", "0", "share of events that are sent once more after they were acknowledged"),
        new("DisorderRate", "0", "share of deliveries whose pickup is told only after their end"),
        new("LossRate", "0", "share of events whose webhook is never sent; asking still tells them"),
    ];

    /// <exception cref="ConfigurationException">A setting is missing or cannot be read.</exception>
    public static PartnerOptions Read(IConfiguration configuration) =>
        new(
            configuration.Required("Ledger"),
            configuration.Duration("Pace"),
            configuration.Probability("FailureRate"),
            configuration.Probability("ErrorRate"),
            configuration.Probability("SilenceRate"),
            configuration.Probability("DuplicateRate"),
            configuration.Probability("DisorderRate"),
            configuration.Probability("LossRate"),
            WebhookOptions.Read(configuration)
        );
}
