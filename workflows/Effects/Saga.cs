using TemporalDelivery.Workflows.Operators;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// Walks a declared list of steps. What a step does is undone, last first, should the workflow stop: its undo is registered before its
/// effect, because the effect may happen although its answer never comes; every undo therefore tolerates that there is nothing to undo.
/// </summary>
internal sealed class Saga(EffectRunner effects)
{
    private readonly Stack<SagaStep> begun = new();

    /// <summary>Walks the steps. <paramref name="stopIfAskedAsync"/> is called between two, and may throw to stop the walk.</summary>
    /// <exception cref="ApplicationFailureException">A step refused with one of its business failures: it left nothing to undo.</exception>
    public async Task WalkAsync(IReadOnlyList<SagaStep> steps, Func<Task> stopIfAskedAsync)
    {
        foreach (var step in steps)
        {
            if (begun.Count > 0)
            {
                await stopIfAskedAsync();
            }

            begun.Push(step);
            try
            {
                await step.Effect();
            }
            catch (ApplicationFailureException refusal) when (step.BusinessFailures.Contains(refusal.ErrorType))
            {
                begun.Pop();
                throw;
            }
        }
    }

    /// <summary>Has a step undone that another run of the same story may have begun.</summary>
    public void Remember(SagaStep step) => begun.Push(step);

    /// <summary>
    /// Undoes what was begun. What cannot be undone becomes an operator task, and the rest is still undone; what is overdue goes on beside
    /// the rest.
    /// </summary>
    public async Task UndoAsync()
    {
        var overdue = new List<Task>();
        while (begun.TryPop(out var step))
        {
            var stuckBefore = effects.TimesStuck;
            var undo = effects.RunOrOpenTaskAsync($"undo: {step.Name}", OperatorTaskKind.UndoFailed, step.Undo);
            await Workflow.WaitConditionAsync(() => undo.IsCompleted || effects.TimesStuck > stuckBefore, CancellationToken.None);
            overdue.Add(undo);
        }

        await Workflow.WhenAllAsync(overdue);
    }
}
