using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Temporal.Server.Rpc;

namespace Temporal.Server.Grpc;

/// <summary>Serves unary gRPC calls on Kestrel: reads the frame, finds the handler, writes the answer and its status.</summary>
internal sealed class GrpcEndpoint(GrpcRoutes routes, ILogger<GrpcEndpoint> log)
{
    private const string ContentType = "application/grpc";

    public static bool Takes(HttpRequest request) =>
        request.ContentType is { } type
        && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';');

    public async Task ServeAsync(HttpContext http)
    {
        http.Response.ContentType = ContentType;
        CancellationTokenSource? deadline = null;
        try
        {
            var timeout = GrpcTimeout.Parse(http.Request.Headers["grpc-timeout"]);
            var cancellation = http.RequestAborted;
            if (timeout is { } time)
            {
                deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(time);
                cancellation = deadline.Token;
            }

            var response = await CallAsync(http, timeout ?? Timeout.InfiniteTimeSpan, cancellation);
            await http.Response.StartAsync(http.RequestAborted);
            GrpcFrames.Write(http.Response.BodyWriter, response);
            http.Response.AppendTrailer("grpc-status", "0");
        }
        catch (RpcException e)
        {
            GrpcErrors.Write(http.Response, e);
        }
        catch (Exception e) when (e is ConnectionAbortedException || (e is (OperationCanceledException or IOException) && http.RequestAborted.IsCancellationRequested))
        {
            // The caller has gone: there is nobody to answer, and nothing went wrong here.
            log.LogDebug("{Path} was given up by its caller.", http.Request.Path);
        }
        catch (OperationCanceledException) when (deadline is { IsCancellationRequested: true })
        {
            GrpcErrors.Write(http.Response, new RpcException(StatusCode.DeadlineExceeded, "context deadline exceeded"));
        }
        catch (OperationCanceledException)
        {
            GrpcErrors.Write(http.Response, new RpcException(StatusCode.Unavailable, "The server is stopping."));
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            log.LogError(e, "{Path} failed unexpectedly.", http.Request.Path);
            GrpcErrors.Write(http.Response, new RpcException(StatusCode.Internal, $"unexpected error: {e.Message}"));
        }
        finally
        {
            deadline?.Dispose();
        }
    }

    private async Task<IMessage> CallAsync(HttpContext http, TimeSpan deadline, CancellationToken cancellation)
    {
        var route = routes.Find(http.Request.Path.Value ?? "");
        var request = await ReadAsync(http, route, cancellation);
        return await route.Handler(request, new RpcContext(deadline, new RequestMetadata(http.Request.Headers), cancellation));
    }

    private static async Task<IMessage> ReadAsync(HttpContext http, GrpcRoute route, CancellationToken cancellation)
    {
        try
        {
            return await GrpcFrames.ReadAsync(http.Request.BodyReader, route.Parser, http.Request.Headers["grpc-encoding"], cancellation);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // The caller has reset its stream or lost its connection, which may be known here before the request counts as aborted.
            throw new ConnectionAbortedException(e.Message, e);
        }
    }
}
