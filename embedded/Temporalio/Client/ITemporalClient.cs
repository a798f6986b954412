namespace Temporalio.Client;

/// <summary>A client of one namespace.</summary>
public partial interface ITemporalClient : Worker.IWorkerClient
{
    /// <summary>The connection.</summary>
    ITemporalConnection Connection { get; }

    /// <summary>What every call goes through.</summary>
    Interceptors.ClientOutboundInterceptor OutboundInterceptor { get; }

    /// <summary>The workflow service, past the interceptors.</summary>
    WorkflowService WorkflowService { get; }

    /// <summary>The operator service, past the interceptors.</summary>
    OperatorService OperatorService { get; }
}
