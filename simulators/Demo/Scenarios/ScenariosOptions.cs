using TemporalDelivery.Hosting.Configuration;
using TemporalDelivery.Simulators.CommandLine;

namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>The system that the scenarios are played on, and what they are compared with.</summary>
/// <param name="Api">Where the API answers.</param>
/// <param name="Temporal">Where Temporal answers.</param>
/// <param name="Database">The system's database.</param>
/// <param name="PartnerLedger">Path of the partner's ledger.</param>
/// <param name="PaymentsLedger">Path of the payment provider's ledger.</param>
/// <param name="MailFolder">Where mails are written to.</param>
/// <param name="BrokerUrl">The broker; null: there is none.</param>
/// <param name="Expectation">Path of the expectation.</param>
/// <param name="Record">Path of the file to write what was seen to; null: it is compared.</param>
/// <param name="Deadline">When to give up.</param>
internal sealed record ScenariosOptions(
    Uri Api,
    string Temporal,
    string Database,
    string PartnerLedger,
    string PaymentsLedger,
    string MailFolder,
    string? BrokerUrl,
    string Expectation,
    string? Record,
    TimeSpan Deadline
)
{
    public static readonly IReadOnlyList<Setting> Settings =
    [
        new("Api", "http://127.0.0.1:8080", "address of the API"),
        new("Temporal", "127.0.0.1:7233", "address of Temporal"),
        new("Database:ConnectionString", null, "the system's database; required, by the environment"),
        new("PartnerLedger", null, "the partner's ledger; required"),
        new("PaymentsLedger", null, "the payment provider's ledger; required"),
        new("MailFolder", null, "where mails are written to; required"),
        new("Broker:Url", null, "the broker; without it there is none"),
        new("Expect", null, "the file with the expected rows; required"),
        new("Record", null, "a file to write the rows to, which are then not compared"),
        new("Deadline", "00:01:15", "when to give up on scenarios that have not ended"),
    ];

    /// <exception cref="ConfigurationException">A setting is missing or cannot be read.</exception>
    public static ScenariosOptions Read(IConfiguration configuration) =>
        new(
            configuration.RequiredAddress("Api"),
            configuration.Required("Temporal"),
            configuration.Required("Database:ConnectionString"),
            configuration.Required("PartnerLedger"),
            configuration.Required("PaymentsLedger"),
            configuration.Required("MailFolder"),
            configuration.Text("Broker:Url"),
            configuration.Required("Expect"),
            configuration.Text("Record"),
            configuration.Duration("Deadline")
        );
}
