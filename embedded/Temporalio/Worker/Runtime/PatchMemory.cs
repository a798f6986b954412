using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>What <see cref="Workflow.Patched" /> has answered in this run, so that it always answers the same.</summary>
internal sealed class PatchMemory(WorkflowInstance workflow, Func<PatchActivationInput, bool>? activation)
{
    private readonly HashSet<string> notified = [];
    private readonly Dictionary<string, bool> answers = [];

    /// <summary>The history has a marker of the patch.</summary>
    internal void Notify(string patchId) => notified.Add(patchId);

    internal bool Ask(string patchId, bool deprecated)
    {
        workflow.AssertNotReadOnly(deprecated ? "deprecate patch" : "create patch");
        if (answers.TryGetValue(patchId, out var known))
        {
            return known;
        }
        var isNew = !workflow.IsReplaying && !notified.Contains(patchId);
        var answer = isNew && !deprecated && activation != null
            ? workflow.Frozen(() => activation(new(workflow.Info, patchId)))
            : !workflow.IsReplaying || notified.Contains(patchId);
        answers[patchId] = answer;
        if (answer)
        {
            workflow.Add(new WorkflowIntent.SetPatch(patchId, deprecated));
        }
        return answer;
    }
}
