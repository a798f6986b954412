using Google.Protobuf;

namespace Temporalio.Client;

/// <summary>A gRPC service of the server.</summary>
public abstract class RpcService
{
    /// <summary>Name with package.</summary>
    internal abstract string FullName { get; }

    /// <summary>Makes a call.</summary>
    /// <exception cref="Exceptions.RpcException">The server refused it or could not be reached.</exception>
    /// <exception cref="OperationCanceledException">The token in the options was cancelled.</exception>
    protected abstract Task<T> InvokeRpcAsync<T>(
        string rpc, IMessage req, MessageParser<T> resp, RpcOptions? options = null)
        where T : IMessage<T>;
}
