using System.ComponentModel.DataAnnotations;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Api.Requests;
using TemporalDelivery.Workflows;
using TemporalDelivery.Workflows.Effects;

namespace TemporalDelivery.Api.Operators;

/// <summary>What becomes of a step that does not succeed.</summary>
/// <param name="Step">The step, as its operator task names it.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Reason">Why, and for an outcome how it is known.</param>
/// <param name="Outcome">For SKIP: how the step went.</param>
/// <param name="Reference">For outcomes that need it: what the other side calls it, as the provider's id of a payment.</param>
public sealed record StepReleaseRequest(
    [property: NotBlank] string? Step,
    [property: Required, OneOf<StepReleaseAction>] string? Action,
    [property: NotBlank] string? Reason,
    string? Outcome = null,
    string? Reference = null
) : ICheckedBody
{
    IEnumerable<Fault> ICheckedBody.Faults() =>
        [
            .. string.IsNullOrWhiteSpace(Step)
                ? [new Fault("#/step", "STEP_MISSING", "Say which step, as its task names it.")]
                : Array.Empty<Fault>(),
            .. OneOf.Faults<StepReleaseAction>(Action, "action", "#/action", "UNKNOWN_ACTION"),
            .. ReasonRequest.Missing(Reason),
        ];

    internal StepRelease By(Actor actor) => new(Step!, WireNames.Parse<StepReleaseAction>(Action!), actor, Reason!, Outcome, Reference);
}
