using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Lists and counts of standalone activities.</summary>
internal sealed class ActivityVisibilityHandlers(HistoryEngine engine, IExecutionStore store)
{
    /// <summary>Lists activities that match a filter.</summary>
    public async Task<ListActivityExecutionsResponse> ListAsync(ListActivityExecutionsRequest request, RpcContext context)
    {
        var space = ActivitySpace.Of(engine.Namespaces.Require(request.Namespace));
        var page = await store.ListAsync(
            space.Id,
            ActivityQueries.InWordsOfWorkflows(request.Query),
            space.SearchAttributes,
            VisibilityHandlers.PageSize(request.PageSize),
            request.NextPageToken,
            context.CancellationToken).ConfigureAwait(false);
        return new ListActivityExecutionsResponse { Executions = { page.Rows.Select(ActivityDescriptions.Line) }, NextPageToken = page.NextPageToken };
    }

    /// <summary>Counts activities that match a filter.</summary>
    public async Task<CountActivityExecutionsResponse> CountAsync(CountActivityExecutionsRequest request, RpcContext context)
    {
        var space = ActivitySpace.Of(engine.Namespaces.Require(request.Namespace));
        var count = await store.CountAsync(
            space.Id, ActivityQueries.InWordsOfWorkflows(request.Query), space.SearchAttributes, context.CancellationToken).ConfigureAwait(false);
        return new CountActivityExecutionsResponse
        {
            Count = count.Total,
            Groups =
            {
                count.Groups.Select(group => new CountActivityExecutionsResponse.Types.AggregationGroup { GroupValues = { group.Value }, Count = group.Count }),
            },
        };
    }
}
