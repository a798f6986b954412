using System.Globalization;
using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Timers;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Batches;

/// <summary>
/// Carries batch operations out, page by page. A page is written down before it is worked on, and done again as a whole after a crash;
/// what an operation does to an execution it does once.
/// </summary>
internal sealed class BatchService(HistoryEngine engine, IExecutionStore store) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly BatchActions actions = new(engine);
    private readonly CancellationTokenSource stop = new();
    private readonly RunningWork running = new(engine.Work);

    /// <summary>The operations.</summary>
    public BatchDirectory Directory { get; } = new(store);

    /// <summary>Takes up what the last server left.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await Directory.LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (var entry in Directory.All.Where(entry => entry.Record.State == BatchOperationState.Running))
        {
            Run(entry);
        }
    }

    /// <summary>Begins an operation; it goes on by itself.</summary>
    /// <exception cref="RpcException">The request is wrong, its job id is taken, or too many operations run.</exception>
    public async Task StartAsync(NamespaceRecord space, StartBatchOperationRequest request, CancellationToken cancellationToken)
    {
        BatchRequests.Check(engine.Limits, request);
        var now = engine.Now;
        var total = (long)BatchRequests.Named(request).Count;
        if (total == 0)
        {
            // First as it is, so that it is a whole query and errors speak of what the caller wrote.
            await store
                .ListAsync(
                    space.Id,
                    BatchRequests.AskedQueryOf(request),
                    space.SearchAttributes,
                    pageSize: 1,
                    ByteString.Empty,
                    cancellationToken
                )
                .ConfigureAwait(false);
            total = (
                await store
                    .CountAsync(space.Id, BatchRequests.QueryOf(request, now), space.SearchAttributes, cancellationToken)
                    .ConfigureAwait(false)
            ).Total;
        }

        var record = new BatchRecord
        {
            Request = request,
            Incarnation = RunIds.New(),
            State = BatchOperationState.Running,
            StartTime = now.ToProto(),
            Total = total,
        };
        Run(
            await Directory
                .CreateAsync(BatchDirectory.KeyOf(space.Id, request.JobId), record, space.Retention, now, cancellationToken)
                .ConfigureAwait(false)
        );
    }

    /// <summary>Stops an operation; what it has done stays done.</summary>
    /// <exception cref="RpcException">NotFound: there is none, or it has ended.</exception>
    public async Task StopAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var entry = Directory.Require(key);
        if (
            !await Directory
                .ChangeAsync(entry, record => Close(entry, record, BatchOperationState.Failed), pageIsCounted: true, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            throw RpcException.NotFound("batch operation already completed");
        }

        await entry.Stopped.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Stops; the next server goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await running.StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private void Run(BatchEntry entry) => running.Begin(() => RunAsync(entry));

    private async Task RunAsync(BatchEntry entry)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, entry.Stopped.Token);
        var asked = entry.Record.Request.MaxOperationsPerSecond;
        var pace = new BatchPace(asked > 0 ? Math.Min(asked, BatchLimits.PerSecond) : BatchLimits.PerSecond);
        for (var pause = FirstPause; !ended.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                while (await NextPageAsync(entry, ended.Token).ConfigureAwait(false))
                {
                    await WorkAsync(entry, pace, ended.Token).ConfigureAwait(false);
                    pause = FirstPause;
                }

                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                if (ended.IsCancellationRequested)
                {
                    return;
                }

                BatchLog.RunFailed(engine.Logger, entry.Key.Id, error);
                await Task.Delay(pause, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // True when there is a page to work on; false when the operation has ended.
    private async Task<bool> NextPageAsync(BatchEntry entry, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        if (entry.IsPageRepeated || entry.IsUncertain)
        {
            // Stored by an earlier server, or perhaps by this one: read again what is there, and do it, as it may be done in part.
            entry.IsPageRepeated = true;
            return await Directory.ChangeAsync(entry, _ => { }, pageIsCounted: false, cancellationToken).ConfigureAwait(false);
        }

        if (record.IsLastPage)
        {
            await Directory
                .ChangeAsync(entry, next => Close(entry, next, BatchOperationState.Completed), pageIsCounted: true, cancellationToken)
                .ConfigureAwait(false);
            return false;
        }

        var (page, nextPage) = await ReadPageAsync(entry, cancellationToken).ConfigureAwait(false);
        return await Directory
            .ChangeAsync(
                entry,
                next =>
                {
                    CountPage(entry, next);
                    next.Page = [.. page];
                    next.NextPage = nextPage;
                    next.IsLastPage = nextPage.IsEmpty;
                },
                pageIsCounted: true,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task<(IEnumerable<WorkflowExecution> Page, ByteString Next)> ReadPageAsync(
        BatchEntry entry,
        CancellationToken cancellationToken
    )
    {
        var record = entry.Record;
        var named = BatchRequests.Named(record.Request);
        if (named.Count > 0)
        {
            var done = record.NextPage.IsEmpty ? 0 : int.Parse(record.NextPage.ToStringUtf8(), CultureInfo.InvariantCulture);
            var end = Math.Min(done + BatchLimits.PageSize, named.Count);
            return (
                named.Take(done..end),
                end == named.Count ? ByteString.Empty : ByteString.CopyFromUtf8(end.ToString(CultureInfo.InvariantCulture))
            );
        }

        var space = engine.Namespaces.RequireId(entry.Key.NamespaceId);
        var query = BatchRequests.QueryOf(record.Request, record.StartTime.ToDateTimeOffset());
        var list = await store
            .ListAsync(space.Id, query, space.SearchAttributes, BatchLimits.PageSize, record.NextPage, cancellationToken)
            .ConfigureAwait(false);
        return (
            list.Rows.Select(row => new WorkflowExecution { WorkflowId = row.Run.WorkflowId, RunId = row.Run.RunId }),
            list.NextPageToken
        );
    }

    private async Task WorkAsync(BatchEntry entry, BatchPace pace, CancellationToken cancellationToken)
    {
        var page = entry.BeginPage();
        var record = entry.Record;
        var space = engine.Namespaces.RequireId(entry.Key.NamespaceId);
        var isRepeated = entry.IsPageRepeated;
        await Parallel
            .ForEachAsync(
                record.Page,
                new ParallelOptions { MaxDegreeOfParallelism = BatchLimits.Concurrent, CancellationToken = cancellationToken },
                async (execution, token) =>
                {
                    await pace.WaitAsync(token).ConfigureAwait(false);
                    if (await TryAsync(space, record, execution, isRepeated, token).ConfigureAwait(false) is { } success)
                    {
                        page.Count(success);
                    }
                }
            )
            .ConfigureAwait(false);
        entry.IsPageRepeated = false;
    }

    // Whether it could be done; null when there is nothing to count.
    private async Task<bool?> TryAsync(
        NamespaceRecord space,
        BatchRecord record,
        WorkflowExecution execution,
        bool isRepeated,
        CancellationToken cancellationToken
    )
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await actions.DoAsync(space, record, execution, isRepeated || tries > 1, cancellationToken).ConfigureAwait(false)
                    ? true
                    : null;
            }
            catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
            {
                var isFinal =
                    error is RpcException
                    {
                        StatusCode: StatusCode.NotFound
                            or StatusCode.InvalidArgument
                            or StatusCode.FailedPrecondition
                            or StatusCode.AlreadyExists
                    };
                if (isFinal || tries == BatchLimits.Tries)
                {
                    BatchLog.ItemFailed(engine.Logger, record.Request.JobId, execution.WorkflowId, error.Message);
                    return false;
                }
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    private static void CountPage(BatchEntry entry, BatchRecord record)
    {
        var progress = entry.Progress;
        record.Completed = progress.Completed;
        record.Failed = progress.Failed;
    }

    private void Close(BatchEntry entry, BatchRecord record, BatchOperationState state)
    {
        CountPage(entry, record);
        record.Page = [];
        record.NextPage = ByteString.Empty;
        record.State = state;
        record.CloseTime = engine.Now.ToProto();
    }
}
