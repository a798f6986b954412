namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>What was seen of a scenario, or is expected of it: a text for each of <see cref="Columns"/>.</summary>
internal sealed record Row(string Scenario, IReadOnlyList<string> Cells)
{
    /// <summary>Whoever saw something of a scenario.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "customer",
        "operator",
        "payments",
        "partner",
        "stock",
        "grants",
        "vouchers",
        "mails",
        "webhooks",
        Broker,
    ];

    /// <summary>The column of what went through the broker.</summary>
    public const string Broker = "broker";

    /// <summary>Nothing was seen.</summary>
    public const string Nothing = "–";

    /// <summary>What stands where something would have been seen, on a machine on which no broker can be had.</summary>
    public const string NoBroker = "no broker here";

    /// <summary>How the names of scenarios begin that cannot be played without a broker.</summary>
    public const string NeedsBroker = "broker: ";

    /// <summary>The row of a scenario that could not be played without a broker.</summary>
    public static Row WithoutBroker(string scenario) => new(scenario, [.. Columns.Select(_ => NoBroker)]);

    /// <summary>The cell for a scenario's orders, in the order of placing.</summary>
    public static string Cell(IReadOnlyList<string> orders) =>
        orders.Distinct().ToList() is not [var same] ? string.Join("; then ", orders)
        : orders.Count == 1 || same is Nothing or NoBroker ? same
        : $"each {same}";

    /// <summary>The row as a line of a Markdown table.</summary>
    public string Line => $"| {Scenario} | {string.Join(" | ", Cells)} |";
}
