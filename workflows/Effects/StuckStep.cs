namespace TemporalDelivery.Workflows.Effects;

/// <summary>A step for which an operator task is open, until it succeeds or an operator releases it.</summary>
/// <param name="name">As its operator task names it.</param>
/// <param name="outcomes">What an operator may say that it came to, and whether that needs a reference.</param>
internal sealed class StuckStep(string name, IReadOnlyDictionary<string, bool> outcomes)
{
    private StepRelease? release;

    /// <summary>The step.</summary>
    public string Name { get; } = name;

    /// <summary>An operator has decided.</summary>
    public bool IsReleased => release is not null;

    /// <summary>Takes the decision.</summary>
    public StepRelease Take()
    {
        var taken = release!;
        release = null;
        return taken;
    }

    /// <summary>The operator's decision.</summary>
    public void Release(StepRelease decision) => release = decision;

    /// <summary>Why this decision is not possible, in one sentence; null when it is.</summary>
    public string? Refusal(StepRelease decision) =>
        IsReleased ? $"'{Name}' is just being released"
        : !Enum.IsDefined(decision.Action) ? "action: possible are RETRY, SKIP and FAIL"
        : decision.Action != StepReleaseAction.Skip
            ? decision.Outcome is null ? null
                : $"outcome: only SKIP has one, not {decision.Action.WireName()}"
        : outcomes.Count == 0 ? $"action: '{Name}' cannot be skipped; possible are RETRY and FAIL"
        : decision.Outcome is null || !outcomes.TryGetValue(decision.Outcome, out var needsReference)
            ? $"outcome: '{Name}' can have come to {string.Join(" or ", outcomes.Keys)}, not to '{decision.Outcome}'"
        : needsReference && string.IsNullOrWhiteSpace(decision.Reference) ? $"reference: {decision.Outcome} needs the other side's id of it"
        : null;
}
