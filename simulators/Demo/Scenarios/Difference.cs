namespace TemporalDelivery.Simulators.Demo.Scenarios;

/// <summary>A cell in which what was seen is not what is expected.</summary>
internal sealed record Difference(string Scenario, string Column, string Expected, string Seen)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Scenario}, {Column}:\n  expected {Expected}\n  seen     {Seen}";
}
