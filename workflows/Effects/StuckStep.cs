using TemporalDelivery.Workflows.Pages;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>A step for which an operator task is open, until it succeeds or an operator releases it.</summary>
/// <param name="name">As its operator task names it.</param>
/// <param name="outcomes">What an operator may say that it came to, and whether that needs a reference.</param>
/// <param name="mayFail">Whether the story knows how to go on, by undoing, when the step has failed for good.</param>
internal sealed class StuckStep(string name, IReadOnlyDictionary<string, bool> outcomes, bool mayFail)
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
        : !Actions.Contains(decision.Action) ? $"action: possible for '{Name}' are {Possible}"
        : decision.Action != StepReleaseAction.Skip
            ? decision.Outcome is null ? null
                : $"outcome: only SKIP has one, not {decision.Action.WireName()}"
        : decision.Outcome is null || !outcomes.TryGetValue(decision.Outcome, out var needsReference)
            ? $"outcome: '{Name}' can have come to {string.Join(" or ", outcomes.Keys)}, not to '{decision.Outcome}'"
        : needsReference && string.IsNullOrWhiteSpace(decision.Reference) ? $"reference: {decision.Outcome} needs the other side's id of it"
        : null;

    /// <summary>What may become of it.</summary>
    public IEnumerable<StepReleaseAction> Actions =>
        Enum.GetValues<StepReleaseAction>()
            .Where(action =>
                action switch
                {
                    StepReleaseAction.Skip => outcomes.Count > 0,
                    StepReleaseAction.Fail => mayFail,
                    _ => true,
                }
            );

    /// <summary>The updates by which an operator may release it now.</summary>
    public IEnumerable<AllowedUpdate> Releases =>
        IsReleased
            ? []
            : Actions.SelectMany(action =>
                action switch
                {
                    StepReleaseAction.Retry => [Releasing(action, $"try '{Name}' again now")],
                    StepReleaseAction.Skip => outcomes.Select(outcome =>
                        Releasing(
                            action,
                            $"go on, because '{Name}' has come to {outcome.Key}",
                            ("outcome", outcome.Key),
                            ("reference", outcome.Value ? string.Empty : null)
                        )
                    ),
                    _ => [Releasing(action, $"give '{Name}' up and undo what was done")],
                }
            );

    private AllowedUpdate Releasing(StepReleaseAction action, string purpose, params IEnumerable<(string, string?)> more) =>
        AllowedUpdate.ByOperator("ReleaseStep", purpose, [("step", Name), ("action", action.WireName()), .. more]);

    private string Possible => string.Join(", ", Actions.Select(action => action.WireName()));
}
