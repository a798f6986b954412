using TemporalDelivery.Workflows.Operators;

namespace TemporalDelivery.Workflows.Effects;

/// <summary>
/// The saga's compensations: what to undo, last first, should the workflow stop. A compensation is pushed before its effect, because the
/// effect may happen although its answer never comes; every compensation therefore tolerates that there is nothing to undo.
/// </summary>
internal sealed class UndoStack(EffectRunner effects)
{
    private readonly Stack<(string Step, Func<Task> Undo)> steps = new();

    /// <summary>Pushes the compensation of the effect that comes next.</summary>
    public void Push(string step, Func<Task> undo) => steps.Push((step, undo));

    /// <summary>Removes the last compensation: its effect turned out not to have happened, or to be undone already.</summary>
    public void Pop() => steps.Pop();

    /// <summary>Removes all compensations: from here on nothing can be undone.</summary>
    public void Clear() => steps.Clear();

    /// <summary>Undoes everything. What cannot be undone becomes an operator task, and the rest is still undone.</summary>
    public async Task UndoAllAsync()
    {
        while (steps.TryPop(out var step))
        {
            await effects.RunOrOpenTaskAsync(step.Step, OperatorTaskKind.UndoFailed, step.Undo);
        }
    }
}
