using Temporalio.Api.Enums.V1;

namespace Temporalio.Client.Interceptors;

/// <summary>Fetches a page of a history.</summary>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="PageSize">Most events in a page.</param>
/// <param name="NextPageToken">Where to go on; null to begin.</param>
/// <param name="WaitNewEvent">Whether to wait for one.</param>
/// <param name="EventFilterType">Which events.</param>
/// <param name="SkipArchival">Whether to leave archives alone.</param>
/// <param name="Rpc">Options of the call.</param>
public record FetchWorkflowHistoryEventPageInput(
    string Id,
    string? RunId,
    int? PageSize,
    byte[]? NextPageToken,
    bool WaitNewEvent,
    HistoryEventFilterType EventFilterType,
    bool SkipArchival,
    RpcOptions? Rpc);
