using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Runtime;

/// <summary>The end of the inbound interceptor chain: calls the workflow's own methods.</summary>
internal sealed class InboundRoot(WorkflowInstance workflow) : WorkflowInboundInterceptor
{
    internal WorkflowOutboundInterceptor? Outbound { get; private set; }

    public override void Init(WorkflowOutboundInterceptor outbound) => Outbound = outbound;

    public override async Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
    {
        var task = (Task)HandlerCall.Invoke(input.RunMethod, null, input.Instance, input.Args)!;
        await task.ConfigureAwait(true);
        return HandlerCall.ResultOf(task);
    }

    public override async Task HandleSignalAsync(HandleSignalInput input) =>
        await ((Task)HandlerCall.Invoke(
            input.Definition.Method, input.Definition.Delegate, workflow.Instance, input.Args)!).ConfigureAwait(true);

    public override object? HandleQuery(HandleQueryInput input) =>
        HandlerCall.Invoke(input.Definition.Method, input.Definition.Delegate, workflow.Instance, input.Args);

    public override void ValidateUpdate(HandleUpdateInput input) => HandlerCall.Invoke(
        input.Definition.ValidatorMethod, input.Definition.ValidatorDelegate, workflow.Instance, input.Args);

    public override async Task<object?> HandleUpdateAsync(HandleUpdateInput input)
    {
        var task = (Task)HandlerCall.Invoke(
            input.Definition.Method, input.Definition.Delegate, workflow.Instance, input.Args)!;
        await task.ConfigureAwait(true);
        return HandlerCall.ResultOf(task);
    }
}
