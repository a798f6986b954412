using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>The handle of a started child.</summary>
internal sealed class ChildHandle<TWorkflow, TResult>(
    WorkflowInstance workflow, IPayloadConverter converter, string id, string firstRunId)
    : ChildWorkflowHandle<TWorkflow, TResult>
{
    public override string Id => id;

    public override string FirstExecutionRunId => firstRunId;

    internal TaskCompletionSource<Payload?> Source { get; } = new();

    public override async Task<TLocalResult> GetResultAsync<TLocalResult>()
    {
        var payload = await Source.Task.ConfigureAwait(true);
        return typeof(TLocalResult) == typeof(ValueTuple) || payload == null
            ? default!
            : converter.ToValue<TLocalResult>(payload);
    }

    public override Task SignalAsync(
        string signal, IReadOnlyCollection<object?> args, ChildWorkflowSignalOptions? options = null) =>
        workflow.Outbound.SignalChildWorkflowAsync(new(Id, signal, args, options, Headers: null));
}
