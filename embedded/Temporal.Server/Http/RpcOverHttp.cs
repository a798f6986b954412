using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporal.Server.Grpc;
using Temporal.Server.Http.Json;
using Temporal.Server.Http.Routing;
using Temporal.Server.Rpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Http;

/// <summary>Answers HTTP requests from the handlers that serve gRPC.</summary>
internal static class RpcOverHttp
{
    /// <summary>How long a caller waits who says nothing about it: longer than every long poll that HTTP reaches.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Puts every route into a tree.</summary>
    public static void AddApi(this RouteTree<HttpHandler> tree, RpcMethods methods)
    {
        foreach (var route in RouteTable.All)
        {
            HttpHandler handler = methods.ByPath.TryGetValue($"/{route.Call.Service.FullName}/{route.Call.Name}", out var method)
                ? call => ServeAsync(method, route.Call.InputType, call)
                : _ => throw NotServed(route.Call.Name);
            tree.Add(route.Verb, route.Template.TrimStart('/'), handler);
        }
    }

    /// <summary>Calls a method with a deadline.</summary>
    /// <exception cref="RpcException">What the method says, or DeadlineExceeded.</exception>
    public static async Task<IMessage> CallAsync(RpcMethod method, IMessage request, HttpContext http)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(Deadline);
        try
        {
            return await method.Handler(request, new RpcContext(Deadline, new RequestMetadata(http.Request.Headers), deadline.Token));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, "context deadline exceeded");
        }
    }

    private static async Task ServeAsync(RpcMethod method, MessageDescriptor type, HttpCall call)
    {
        var reply = await CallAsync(method, await ReadAsync(type, call), call.Http);
        await call.WriteJsonAsync(ResponseJson.Write(reply, call.Style));
    }

    // The path says more than the body, the body more than the query string.
    private static async Task<IMessage> ReadAsync(MessageDescriptor type, HttpCall call)
    {
        var http = call.Http.Request;
        var request = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var (name, values) in http.Query)
        {
            foreach (var value in values)
            {
                // What is empty is not set, and what the message does not have is meant for somebody else.
                if (
                    !string.IsNullOrEmpty(value)
                    && !FieldPath.TrySet(request, name, value)
                    && name.StartsWith("execution.", StringComparison.Ordinal)
                )
                {
                    // The Web UI names the run in this way for every call about it, also where the field has the longer name.
                    FieldPath.TrySet(request, "workflow_" + name, value);
                }
            }
        }

        if (HttpMethods.IsPost(http.Method))
        {
            var body = await ReadBodyAsync(http);
            request.MergeFrom(RequestJson.Read(body.Span, type, call.Style.HasFlag(JsonStyle.ShortPayloads)).ToByteString());
        }

        foreach (var (name, value) in call.Variables)
        {
            if (!FieldPath.TrySet(request, name, value))
            {
                throw new InvalidOperationException($"{type.FullName} has no field {name}, which the path fills.");
            }
        }

        if (request is UpdateWorkflowExecutionRequest { WaitPolicy: null } update)
        {
            // The Web UI says nothing of waiting and shows the outcome.
            update.WaitPolicy = new WaitPolicy { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed };
        }

        return request;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest http)
    {
        using var body = new MemoryStream();
        await http.Body.CopyToAsync(body, http.HttpContext.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static RpcException NotServed(string call) =>
        new(StatusCode.Unimplemented, $"unknown method {call}: this server does not serve it");
}
