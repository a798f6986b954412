namespace TemporalDelivery.Chaos.Audit;

/// <summary>Something that is not as a rule says.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Subject">Which order, article or row.</param>
/// <param name="Expected">What the rule asks.</param>
/// <param name="Found">What there is.</param>
internal sealed record Difference(string Rule, string Subject, string Expected, string Found)
{
    /// <inheritdoc/>
    public override string ToString() => $"difference: {Rule}: {Subject}: expected {Expected}, found {Found}";
}
