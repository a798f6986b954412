using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>The handle of another workflow.</summary>
internal sealed class ExternalHandle<TWorkflow>(WorkflowInstance workflow, string id, string? runId)
    : ExternalWorkflowHandle<TWorkflow>
{
    public override string Id => id;

    public override string? RunId => runId;

    public override Task SignalAsync(
        string signal, IReadOnlyCollection<object?> args, ExternalWorkflowSignalOptions? options = null) =>
        workflow.Outbound.SignalExternalWorkflowAsync(new(Id, RunId, signal, args, options, Headers: null));

    public override Task CancelAsync() => workflow.Outbound.CancelExternalWorkflowAsync(new(Id, RunId));
}
