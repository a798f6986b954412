using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// The saga: what to undo, in reverse order, should the workflow stop. An undo is put here before its effect is caused, for the effect may have happened
/// although its answer never came; every undo therefore tolerates that there is nothing to undo.
/// </summary>
internal sealed class UndoStack(EffectRunner effects)
{
    private readonly Stack<(string Step, Func<Task> Undo)> steps = new();

    /// <summary>Remembers how to undo the effect that comes next.</summary>
    public void Push(string step, Func<Task> undo) => steps.Push((step, undo));

    /// <summary>The last effect turned out not to have happened.</summary>
    public void Drop() => steps.Pop();

    /// <summary>From here on nothing can be undone.</summary>
    public void Forget() => steps.Clear();

    /// <summary>Undoes everything, last first. What cannot be undone becomes an operator task, and the rest is still undone.</summary>
    public async Task UndoAllAsync()
    {
        while (steps.TryPop(out var step))
        {
            await effects.SettleAsync(step.Step, OperatorTaskKind.UndoFailed, step.Undo);
        }
    }
}
