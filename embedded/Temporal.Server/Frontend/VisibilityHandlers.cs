using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Lists and counts of runs.</summary>
internal sealed class VisibilityHandlers(HistoryEngine engine, IExecutionStore store)
{
    private const int DefaultPageSize = 100;
    private const int LargestPageSize = 1000;

    /// <summary>Lists runs that match a filter.</summary>
    public async Task<ListWorkflowExecutionsResponse> ListAsync(ListWorkflowExecutionsRequest request, RpcContext context)
    {
        var page = await PageAsync(request.Namespace, request.Query, request.PageSize, request.NextPageToken, context)
            .ConfigureAwait(false);
        return new ListWorkflowExecutionsResponse
        {
            Executions = { page.Rows.Select(Descriptions.Info) },
            NextPageToken = page.NextPageToken,
        };
    }

    /// <summary>Lists runs that match a filter, in any order.</summary>
    public async Task<ScanWorkflowExecutionsResponse> ScanAsync(ScanWorkflowExecutionsRequest request, RpcContext context)
    {
        var page = await PageAsync(request.Namespace, request.Query, request.PageSize, request.NextPageToken, context)
            .ConfigureAwait(false);
        return new ScanWorkflowExecutionsResponse
        {
            Executions = { page.Rows.Select(Descriptions.Info) },
            NextPageToken = page.NextPageToken,
        };
    }

    /// <summary>Counts runs that match a filter.</summary>
    public async Task<CountWorkflowExecutionsResponse> CountAsync(CountWorkflowExecutionsRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var count = await store
            .CountAsync(space.Id, request.Query, space.SearchAttributes, context.CancellationToken)
            .ConfigureAwait(false);
        return new CountWorkflowExecutionsResponse
        {
            Count = count.Total,
            Groups =
            {
                count.Groups.Select(group => new CountWorkflowExecutionsResponse.Types.AggregationGroup
                {
                    GroupValues = { group.Value },
                    Count = group.Count,
                }),
            },
        };
    }

    /// <summary>The lines in a page when a request asks for so many; 0 or less for no opinion.</summary>
    public static int PageSize(int asked) => asked <= 0 ? DefaultPageSize : Math.Min(asked, LargestPageSize);

    private Task<VisibilityPage> PageAsync(
        string namespaceName,
        string query,
        int pageSize,
        Google.Protobuf.ByteString token,
        RpcContext context
    )
    {
        var space = engine.Namespaces.Require(namespaceName);
        return store.ListAsync(space.Id, query, space.SearchAttributes, PageSize(pageSize), token, context.CancellationToken);
    }
}
