using Temporalio.Client;
using Temporalio.Client.Interceptors;

namespace Temporalio.Testing;

/// <summary>Gives out handles that skip time while their result is waited for.</summary>
internal sealed class TimeSkippingInterceptor(StartedEnvironment environment) : IClientInterceptor
{
    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) =>
        new Outbound(nextInterceptor, environment);

    private sealed class Outbound(ClientOutboundInterceptor next, StartedEnvironment environment) : ClientOutboundInterceptor(next)
    {
        public override async Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(StartWorkflowInput input) =>
            new TimeSkippingHandle<TWorkflow, TResult>(
                environment, await base.StartWorkflowAsync<TWorkflow, TResult>(input).ConfigureAwait(false));
    }

    private sealed record TimeSkippingHandle<TWorkflow, TResult> : WorkflowHandle<TWorkflow, TResult>
    {
        private readonly StartedEnvironment environment;

        internal TimeSkippingHandle(StartedEnvironment environment, WorkflowHandle<TWorkflow, TResult> handle)
            : base(handle.Client, handle.Id, handle.RunId, handle.ResultRunId, handle.FirstExecutionRunId) =>
            this.environment = environment;

        public override Task<TLocalResult> GetResultAsync<TLocalResult>(bool followRuns = true, RpcOptions? rpcOptions = null) =>
            environment.SkippingTimeAsync(() => base.GetResultAsync<TLocalResult>(followRuns, rpcOptions));
    }
}
