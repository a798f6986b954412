using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Temporal.Server.Tests.Grpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Tests.Http;

/// <summary>A server in memory with every face, and callers for each.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly TemporalServer server;
    private readonly HttpClient client = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private HttpServer(TemporalServer server)
    {
        this.server = server;
        Grpc = new GrpcCaller(server.EndPoint);
    }

    /// <summary>The same server over gRPC.</summary>
    public GrpcCaller Grpc { get; }

    /// <summary>What the Web UI's pages call.</summary>
    public Uri WebUi => new($"http://{server.WebUi}");

    /// <summary>The HTTP API.</summary>
    public Uri Api => new($"http://{server.HttpApi}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HttpServer> StartAsync()
    {
        var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
        return new(
            await TemporalServer.StartAsync(
                new TemporalServerOptions
                {
                    Port = 0,
                    WebUi = anywhere,
                    HttpApi = anywhere,
                    CodecEndpoint = "http://codec",
                },
                Cancellation
            )
        );
    }

    /// <summary>A GET on the Web UI's face under <c>/api/v1/</c>.</summary>
    public Task<HttpReply> GetAsync(string path) => SendAsync(HttpMethod.Get, new Uri(WebUi, "/api/v1/" + path));

    /// <summary>A POST on the Web UI's face under <c>/api/v1/</c>, as browsers send what is a string to them.</summary>
    public Task<HttpReply> PostAsync(string path, string? body = null) =>
        SendAsync(
            HttpMethod.Post,
            new Uri(WebUi, "/api/v1/" + path),
            body is null ? null : new StringContent(body, Encoding.UTF8, "text/plain")
        );

    public Task<HttpReply> SendAsync(HttpMethod method, Uri uri, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, uri) { Content = body };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return SendAsync(request);
    }

    /// <summary>Starts a workflow on task queue "tq".</summary>
    public async Task<string> StartWorkflowAsync(string workflowId) =>
        (
            await Grpc.CallAsync<StartWorkflowExecutionResponse>(
                new StartWorkflowExecutionRequest
                {
                    Namespace = "default",
                    WorkflowId = workflowId,
                    WorkflowType = new WorkflowType { Name = "Type" },
                    TaskQueue = new TaskQueue { Name = "tq" },
                    RequestId = Guid.NewGuid().ToString(),
                }
            )
        ).RunId;

    /// <summary>Takes the next workflow task of task queue "tq".</summary>
    public Task<PollWorkflowTaskQueueResponse> PollAsync() =>
        Grpc.CallAsync<PollWorkflowTaskQueueResponse>(
            new PollWorkflowTaskQueueRequest
            {
                Namespace = "default",
                TaskQueue = new TaskQueue { Name = "tq" },
                Identity = "worker",
            }
        );

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        Grpc.Dispose();
        await server.DisposeAsync();
    }

    private async Task<HttpReply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, Cancellation);
            return new HttpReply(
                (int)response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                await response.Content.ReadAsStringAsync(Cancellation)
            )
            {
                Headers = response
                    .Headers.Concat(response.Content.Headers)
                    .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            };
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record HttpReply(int Status, string? ContentType, string Text)
{
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The body of a call that went well.</summary>
    public JsonNode Ok
    {
        get
        {
            Assert.True(Status == 200, $"{Status}: {Text}");
            Assert.Equal("application/json", ContentType);
            return Json;
        }
    }
}
