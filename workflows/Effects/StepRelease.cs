using System.Text.Json.Serialization;
using TemporalDelivery.Workflows.Actors;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>What becomes of a step that does not succeed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepReleaseAction>))]
public enum StepReleaseAction
{
    /// <summary>It is tried again now.</summary>
    [JsonStringEnumMemberName("RETRY")]
    Retry,

    /// <summary>It is not tried any more; the story goes on as if it had ended with the given outcome.</summary>
    [JsonStringEnumMemberName("SKIP")]
    Skip,

    /// <summary>It is not tried any more and has failed for good: what was done so far is undone.</summary>
    [JsonStringEnumMemberName("FAIL")]
    Fail,
}

/// <summary>Update <c>ReleaseStep</c>: an operator decides about a step for which an operator task is open.</summary>
/// <param name="Step">The step, as the task names it.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Actor">The operator.</param>
/// <param name="Reason">Why, and for an outcome how it is known; never empty.</param>
/// <param name="Outcome">For SKIP: how the step went, one of the outcomes that it can have.</param>
/// <param name="Reference">For outcomes that need it: what the other side calls it, as the provider's id of a payment.</param>
public sealed record StepRelease(
    string Step,
    StepReleaseAction Action,
    Actor Actor,
    string Reason,
    string? Outcome = null,
    string? Reference = null
) : IActedMessage
{
    IActedMessage IActedMessage.Of(Actor actor) => this with { Actor = actor };
}
