using Google.Protobuf;

namespace Temporalio.Client;

public abstract partial class WorkflowService : RpcService
{
    internal override string FullName => "temporal.api.workflowservice.v1.WorkflowService";

    /// <summary>The calls over a connection.</summary>
    public class Core : WorkflowService
    {
        private readonly TemporalConnection connection;

        /// <summary>Over a connection.</summary>
        public Core(TemporalConnection connection) => this.connection = connection;

        /// <inheritdoc />
        protected override Task<T> InvokeRpcAsync<T>(
            string rpc, IMessage req, MessageParser<T> resp, RpcOptions? options = null) =>
            connection.InvokeRpcAsync(this, rpc, req, resp, options);
    }
}
