using Google.Protobuf;
using Temporal.Server.Batches;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporalio.Api.Batch.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>Starts, stops, describes and lists batch operations.</summary>
internal sealed class BatchHandlers(HistoryEngine engine, BatchService batches)
{
    private const int DefaultPageSize = 100;
    private const int LargestPageSize = 1000;

    /// <summary>Starts an operation.</summary>
    public async Task<StartBatchOperationResponse> StartAsync(StartBatchOperationRequest request, RpcContext context)
    {
        await batches.StartAsync(engine.Namespaces.Require(request.Namespace), request, context.CancellationToken).ConfigureAwait(false);
        return new StartBatchOperationResponse();
    }

    /// <summary>Stops an operation.</summary>
    public async Task<StopBatchOperationResponse> StopAsync(StopBatchOperationRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        Requests.RequireName(engine.Limits, request.Reason, "Reason");
        await batches
            .StopAsync(
                BatchDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.JobId, "JobId")),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        return new StopBatchOperationResponse();
    }

    /// <summary>Describes an operation.</summary>
    public Task<DescribeBatchOperationResponse> DescribeAsync(DescribeBatchOperationRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var entry = batches.Directory.Require(BatchDirectory.KeyOf(space.Id, Requests.RequireName(engine.Limits, request.JobId, "JobId")));
        var progress = entry.Progress;
        var record = progress.Record;
        return Task.FromResult(
            new DescribeBatchOperationResponse
            {
                OperationType = BatchRequests.TypeOf(record.Request),
                JobId = record.Request.JobId,
                State = record.State,
                StartTime = record.StartTime,
                CloseTime = record.CloseTime,
                TotalOperationCount = record.Total,
                CompleteOperationCount = progress.Completed,
                FailureOperationCount = progress.Failed,
                Identity = BatchRequests.IdentityOf(record.Request),
                Reason = record.Request.Reason,
                Query = record.Request.VisibilityQuery,
                Executions =
                {
                    BatchRequests
                        .Named(record.Request)
                        .Select(named => new Execution
                        {
                            Type = ExecutionType.Workflow,
                            BusinessId = named.WorkflowId,
                            RunId = named.RunId,
                        }),
                },
            }
        );
    }

    /// <summary>Lists the operations of a namespace, newest first.</summary>
    public Task<ListBatchOperationsResponse> ListAsync(ListBatchOperationsRequest request, RpcContext context)
    {
        var space = engine.Namespaces.Require(request.Namespace);
        var size = request.PageSize <= 0 ? DefaultPageSize : Math.Min(request.PageSize, LargestPageSize);
        // The token is the last line's place in the order.
        var after = request.NextPageToken.ToStringUtf8();
        var page = batches
            .Directory.All.Where(entry => entry.Key.NamespaceId == space.Id)
            .Select(entry =>
                (
                    Place: $"{DateTimeOffset.MaxValue.Ticks - entry.Record.StartTime.ToDateTimeOffset().Ticks:d19}/{entry.Key.Id}",
                    entry.Record
                )
            )
            .Where(line => string.CompareOrdinal(line.Place, after) > 0)
            .OrderBy(line => line.Place, StringComparer.Ordinal)
            .Take(size + 1)
            .ToList();
        return Task.FromResult(
            new ListBatchOperationsResponse
            {
                OperationInfo =
                {
                    page.Take(size)
                        .Select(line => new BatchOperationInfo
                        {
                            JobId = line.Record.Request.JobId,
                            State = line.Record.State,
                            StartTime = line.Record.StartTime,
                            CloseTime = line.Record.CloseTime,
                            OperationType = BatchRequests.TypeOf(line.Record.Request),
                        }),
                },
                NextPageToken = page.Count > size ? ByteString.CopyFromUtf8(page[size - 1].Place) : ByteString.Empty,
            }
        );
    }
}
