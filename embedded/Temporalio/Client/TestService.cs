using Google.Protobuf;

namespace Temporalio.Client;

public abstract partial class TestService : RpcService
{
    internal override string FullName => "temporal.api.testservice.v1.TestService";

    /// <summary>The calls over a connection.</summary>
    public class Core : TestService
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
