using Google.Protobuf;
using Grpc.Core;
using Temporal.Server.Rpc;
using GrpcException = Grpc.Core.RpcException;
using RpcException = Temporal.Server.Rpc.RpcException;

namespace Temporal.Server.Grpc;

/// <summary>Serves one method over gRPC: its messages as bytes, its handler, its failures as statuses.</summary>
internal static class GrpcCall
{
    /// <summary>The method as gRPC hosts take it.</summary>
    public static Method<TRequest, TReply> Describe<TRequest, TReply>(RpcMethod method)
        where TRequest : class, IMessage<TRequest>, new()
        where TReply : class, IMessage<TReply>, new() =>
        new(MethodType.Unary, method.Service, method.Name, Marshaller<TRequest>(), Marshaller<TReply>());

    /// <summary>Answers one call.</summary>
    /// <exception cref="GrpcException">Whatever went wrong: a host shows every other exception as "unknown", and says nothing of
    /// it.</exception>
    public static async Task<TReply> AnswerAsync<TReply>(RpcMethod method, IMessage request, ServerCallContext context)
        where TReply : class, IMessage<TReply>
    {
        var http = context.GetHttpContext();
        try
        {
            return (TReply)
                await method.Handler(
                    request,
                    new RpcContext(TimeLeft(context), new RequestMetadata(http.Request.Headers), context.CancellationToken)
                );
        }
        catch (RpcException error)
        {
            throw error.ToGrpc();
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The caller has gone, or its deadline has passed, which the host says by itself.
            throw new GrpcException(new Status(StatusCode.Cancelled, "The call was given up by its caller."));
        }
        catch (OperationCanceledException)
        {
            throw new GrpcException(new Status(StatusCode.Unavailable, "The server is stopping."));
        }
        catch (Exception error)
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger(typeof(GrpcCall).FullName!)
                .LogError(error, "{Method} failed unexpectedly.", context.Method);
            throw new RpcException(StatusCode.Internal, $"unexpected error: {error.Message}").ToGrpc();
        }
    }

    private static TimeSpan TimeLeft(ServerCallContext context)
    {
        if (context.Deadline == DateTime.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = context.Deadline - DateTime.UtcNow;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Marshaller<T> Marshaller<T>()
        where T : class, IMessage<T>, new() =>
        Marshallers.Create<T>(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            static context =>
            {
                try
                {
                    var message = new T();
                    message.MergeFrom(context.PayloadAsReadOnlySequence());
                    return message;
                }
                catch (InvalidProtocolBufferException error)
                {
                    throw new RpcException(
                        StatusCode.Internal,
                        $"The request is not the message that the method takes: {error.Message}"
                    ).ToGrpc();
                }
            }
        );
}
