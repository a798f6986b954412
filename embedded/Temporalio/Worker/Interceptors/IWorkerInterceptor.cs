namespace Temporalio.Worker.Interceptors;

/// <summary>
/// Wraps what workflows and activities of a worker receive and send. Interceptors of the client that implement this come
/// first, then those of the worker; the first is the outermost.
/// </summary>
public interface IWorkerInterceptor
{
    /// <summary>Wraps the inbound calls of one workflow run.</summary>
    /// <param name="nextInterceptor">Next in the chain.</param>
    /// <returns>The wrapper, or the given one.</returns>
    WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) => nextInterceptor;

    /// <summary>Wraps the inbound calls of one activity attempt.</summary>
    /// <param name="nextInterceptor">Next in the chain.</param>
    /// <returns>The wrapper, or the given one.</returns>
    ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => nextInterceptor;
}
