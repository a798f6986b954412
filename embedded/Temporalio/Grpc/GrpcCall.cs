using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace Temporalio.Grpc;

/// <summary>One call, as often as it is tried.</summary>
internal sealed class GrpcCall
{
    // The official client's deadlines (sdk-core, crates/client/src/lib.rs).
    private static readonly TimeSpan OrdinaryTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongPollTimeout = TimeSpan.FromSeconds(70);

    internal GrpcCall(string service, string rpc, IMessage request, RpcOptions? options)
    {
        Path = $"/{service}/{rpc}";
        Request = request;
        Options = options;
        Kind = request switch
        {
            PollWorkflowTaskQueueRequest or PollActivityTaskQueueRequest or PollNexusTaskQueueRequest => GrpcCallKind.TaskLongPoll,
            GetWorkflowExecutionHistoryRequest { WaitNewEvent: true } or PollWorkflowExecutionUpdateRequest
                or PollActivityExecutionRequest => GrpcCallKind.UserLongPoll,
            _ => GrpcCallKind.Ordinary,
        };
        Timeout = options?.Timeout ?? (Kind == GrpcCallKind.Ordinary ? OrdinaryTimeout : LongPollTimeout);
        Namespace = request.Descriptor.FindFieldByName("namespace")?.Accessor.GetValue(request) as string;
    }

    internal string Path { get; }

    internal IMessage Request { get; }

    internal RpcOptions? Options { get; }

    internal GrpcCallKind Kind { get; }

    /// <summary>Longest time for one attempt.</summary>
    internal TimeSpan Timeout { get; }

    /// <summary>The namespace that it is about, if any; proxies route by it.</summary>
    internal string? Namespace { get; }
}
