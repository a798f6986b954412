using Temporal.Server.Rpc;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>What the server says of itself.</summary>
/// <param name="storeName">What keeps the runs, in the words that the Web UI knows.</param>
internal sealed class SystemHandlers(string storeName)
{
    /// <summary>The server version whose behaviour this server has.</summary>
    public const string ServerVersion = "1.29.0";

    /// <summary>Version and capabilities; the first call of every client.</summary>
    public Task<GetSystemInfoResponse> GetSystemInfoAsync(GetSystemInfoRequest request, RpcContext context) =>
        Task.FromResult(
            new GetSystemInfoResponse
            {
                ServerVersion = ServerVersion,
                Capabilities = new GetSystemInfoResponse.Types.Capabilities
                {
                    SignalAndQueryHeader = true,
                    InternalErrorDifferentiation = true,
                    ActivityFailureIncludeHeartbeat = true,
                    EncodedFailureAttributes = true,
                    UpsertMemo = true,
                    SdkMetadata = true,
                    CountGroupByExecutionStatus = true,
                    BuildIdBasedVersioning = true,
                    SupportsSchedules = true,
                    EagerWorkflowStart = true,
                },
            }
        );

    /// <summary>The cluster, of one.</summary>
    public Task<GetClusterInfoResponse> GetClusterInfoAsync(GetClusterInfoRequest request, RpcContext context) =>
        Task.FromResult(
            new GetClusterInfoResponse
            {
                ServerVersion = ServerVersion,
                ClusterId = "embedded",
                ClusterName = "active",
                HistoryShardCount = 1,
                PersistenceStore = storeName,
                VisibilityStore = storeName,
                SupportedClients = { ["temporal-server"] = "<2.0.0" },
            }
        );
}
