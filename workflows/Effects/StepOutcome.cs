namespace TemporalDelivery.Workflows.Effects;

/// <summary>How a step may have gone that an operator skips.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="ResultAsync">Writes down what that means, so that a try that still runs comes too late; returns the step's result.</param>
/// <param name="NeedsReference">Whether the operator must say what the other side calls it.</param>
internal sealed record StepOutcome<TResult>(string Name, Func<StepRelease, Task<TResult>> ResultAsync, bool NeedsReference = false);
