namespace TemporalDelivery.Workflows.Effects;

/// <summary>A step of a <see cref="Saga"/>.</summary>
/// <param name="Name">What it does, for people.</param>
/// <param name="Effect">Does it; a refusal is an <c>ApplicationFailureException</c> of one of <paramref name="BusinessFailures"/>.</param>
/// <param name="Undo">Undoes it; also when only a part of it happened, or nothing.</param>
/// <param name="BusinessFailures">The error types that mean: nothing was done, and nothing will be.</param>
internal sealed record SagaStep(string Name, Func<Task> Effect, Func<Task> Undo, params IReadOnlyList<string> BusinessFailures);
