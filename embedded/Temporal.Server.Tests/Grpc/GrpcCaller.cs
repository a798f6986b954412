using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Temporal.Server.Rpc;

namespace Temporal.Server.Tests.Grpc;

/// <summary>Calls a server over the wire as a client would.</summary>
internal sealed class GrpcCaller(IPEndPoint server) : IDisposable
{
    private const string WorkflowService = "temporal.api.workflowservice.v1.WorkflowService";

    private readonly HttpClient client = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Calls the workflow service's method that takes this request.</summary>
    /// <exception cref="RpcException">The server says no.</exception>
    public async Task<TReply> CallAsync<TReply>(IMessage request, TimeSpan? deadline = null)
        where TReply : IMessage<TReply>, new()
    {
        var reply = await SendAsync(
            $"/{WorkflowService}/{request.Descriptor.Name[..^"Request".Length]}",
            request,
            deadline ?? TimeSpan.FromMinutes(2)
        );
        return reply.Status == 0
            ? reply.Read(new MessageParser<TReply>(() => new TReply()))
            : throw new RpcException((StatusCode)reply.Status, reply.Message ?? "");
    }

    /// <summary>Calls any method, and returns what came back.</summary>
    public async Task<GrpcReply> SendAsync(string path, IMessage request, TimeSpan deadline)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{server}{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcHost.Frame(request.ToByteArray()))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") },
            },
            Headers = { { "grpc-timeout", $"{(long)deadline.TotalMilliseconds}m" } },
        };
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new GrpcReply(response.Headers, response.TrailingHeaders, body);
    }

    public void Dispose() => client.Dispose();
}
