namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>Something that a person can watch: one order, or a few that belong together, played to their end.</summary>
/// <param name="Name">Its row in the expectation.</param>
/// <param name="PlayAsync">What its customer and the operator do.</param>
internal sealed record Scenario(string Name, Func<Scene, CancellationToken, Task> PlayAsync)
{
    /// <summary>All, in the order of their rows.</summary>
    public static readonly IReadOnlyList<Scenario> All =
    [
        .. PaymentScenarios.All,
        .. CancelScenarios.All,
        .. DeliveryScenarios.All,
        .. VoucherScenarios.All,
        .. OperationScenarios.All,
    ];

    /// <summary>Whether there is nothing to play without a broker.</summary>
    public bool NeedsBroker => Name.StartsWith(Row.NeedsBroker, StringComparison.Ordinal);
}
