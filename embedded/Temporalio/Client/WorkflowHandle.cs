using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>A workflow.</summary>
/// <param name="Client">Client.</param>
/// <param name="Id">Workflow id.</param>
/// <param name="RunId">Run that signals, queries and the like are for; null for the latest.</param>
/// <param name="ResultRunId">Run whose result is waited for, and from which on chains are followed; null for the latest.</param>
/// <param name="FirstExecutionRunId">First run of the chain that cancel, terminate and update must meet.</param>
public record WorkflowHandle(
    ITemporalClient Client,
    string Id,
    string? RunId = null,
    string? ResultRunId = null,
    string? FirstExecutionRunId = null)
{
    /// <summary>Waits until the workflow has ended.</summary>
    /// <param name="followRuns">Whether to go on to the runs that a run becomes.</param>
    /// <param name="rpcOptions">Options of the calls.</param>
    /// <exception cref="WorkflowFailedException">It did not succeed; the inner exception says why.</exception>
    /// <exception cref="WorkflowContinuedAsNewException">It continued as another run, which is not followed.</exception>
    public Task GetResultAsync(bool followRuns = true, RpcOptions? rpcOptions = null) =>
        GetResultAsync<ValueTuple>(followRuns, rpcOptions);

    /// <summary>Waits for the workflow's result.</summary>
    /// <param name="followRuns">Whether to go on to the runs that a run becomes.</param>
    /// <param name="rpcOptions">Options of the calls.</param>
    /// <exception cref="WorkflowFailedException">It has none; the inner exception says why.</exception>
    /// <exception cref="WorkflowContinuedAsNewException">It continued as another run, which is not followed.</exception>
    public virtual async Task<TResult> GetResultAsync<TResult>(bool followRuns = true, RpcOptions? rpcOptions = null)
    {
        var converter = Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(Client.Options.Namespace, Id));
        var runId = ResultRunId;
        while (true)
        {
            var page = await Client.OutboundInterceptor.FetchWorkflowHistoryEventPageAsync(new(
                Id,
                runId,
                PageSize: 0,
                NextPageToken: null,
                WaitNewEvent: true,
                HistoryEventFilterType.CloseEvent,
                SkipArchival: true,
                TemporalClient.DefaultRetryOptions(rpcOptions))).ConfigureAwait(false);
            var close = page.Events.LastOrDefault() ?? throw new InvalidOperationException("Event set unexpectedly empty");
            runId = WorkflowResult.Successor(close, followRuns);
            if (runId is null)
            {
                return await WorkflowResult.ReadAsync<TResult>(close, converter).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signalCall">A call of the signal's method.</param>
    /// <param name="options">Options.</param>
    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, WorkflowSignalOptions? options = null)
    {
        var (method, args) = ExpressionUtil.ExtractCall(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Sends a signal by name.</summary>
    public virtual Task SignalAsync(string signal, IReadOnlyCollection<object?> args, WorkflowSignalOptions? options = null) =>
        Client.OutboundInterceptor.SignalWorkflowAsync(new(Id, RunId, signal, args, options, null));

    /// <summary>Asks a query.</summary>
    /// <param name="queryCall">A call of the query's method, or its property.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="WorkflowQueryFailedException">The handler raised, or there is none.</exception>
    /// <exception cref="WorkflowQueryRejectedException">The workflow's status is one to refuse in.</exception>
    public Task<TQueryResult> QueryAsync<TWorkflow, TQueryResult>(
        Expression<Func<TWorkflow, TQueryResult>> queryCall, WorkflowQueryOptions? options = null)
    {
        if (ExpressionUtil.ExtractMemberAccess(queryCall) is { } member)
        {
            var property = member as PropertyInfo
                ?? throw new ArgumentException("Expression must be a single method call or property access");
            return QueryAsync<TQueryResult>(WorkflowQueryDefinition.NameFromPropertyForCall(property), [], options);
        }

        var (method, args) = ExpressionUtil.ExtractCall(queryCall, errorSaysPropertyAccepted: true);
        return QueryAsync<TQueryResult>(WorkflowQueryDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Asks a query by name.</summary>
    /// <exception cref="WorkflowQueryFailedException">The handler raised, or there is none.</exception>
    /// <exception cref="WorkflowQueryRejectedException">The workflow's status is one to refuse in.</exception>
    public virtual Task<TQueryResult> QueryAsync<TQueryResult>(
        string query, IReadOnlyCollection<object?> args, WorkflowQueryOptions? options = null) =>
        Client.OutboundInterceptor.QueryWorkflowAsync<TQueryResult>(new(Id, RunId, query, args, options, null));

    /// <summary>Starts an update and waits for a stage.</summary>
    /// <param name="updateCall">A call of the update's method.</param>
    /// <param name="options">Options; the stage is required.</param>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public Task<WorkflowUpdateHandle> StartUpdateAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(updateCall);
        return StartUpdateAsync(WorkflowUpdateDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Starts an update and waits for a stage.</summary>
    /// <param name="updateCall">A call of the update's method.</param>
    /// <param name="options">Options; the stage is required.</param>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateStartOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(updateCall);
        return StartUpdateAsync<TUpdateResult>(WorkflowUpdateDefinition.NameFromMethodForCall(method), args, options);
    }

    /// <summary>Starts an update by name and waits for a stage.</summary>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public async Task<WorkflowUpdateHandle> StartUpdateAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        await StartUpdateAsync<ValueTuple>(update, args, options).ConfigureAwait(false);

    /// <summary>Starts an update by name and waits for a stage.</summary>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">Waiting was given up.</exception>
    public virtual Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateStartOptions options) =>
        Client.OutboundInterceptor.StartWorkflowUpdateAsync<TUpdateResult>(
            new(Id, RunId, FirstExecutionRunId, update, args, options, null));

    /// <summary>Updates and waits until that is done.</summary>
    /// <param name="updateCall">A call of the update's method.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    public async Task ExecuteUpdateAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(updateCall, UntilCompleted(options)).ConfigureAwait(false);
        await handle.GetResultAsync(options?.Rpc).ConfigureAwait(false);
    }

    /// <summary>Updates and waits for the result.</summary>
    /// <param name="updateCall">A call of the update's method.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    public async Task<TUpdateResult> ExecuteUpdateAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(updateCall, UntilCompleted(options)).ConfigureAwait(false);
        return await handle.GetResultAsync(options?.Rpc).ConfigureAwait(false);
    }

    /// <summary>Updates by name and waits until that is done.</summary>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    public async Task ExecuteUpdateAsync(string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync(update, args, UntilCompleted(options)).ConfigureAwait(false);
        await handle.GetResultAsync(options?.Rpc).ConfigureAwait(false);
    }

    /// <summary>Updates by name and waits for the result.</summary>
    /// <exception cref="WorkflowUpdateFailedException">It was rejected or failed.</exception>
    public async Task<TUpdateResult> ExecuteUpdateAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowUpdateOptions? options = null)
    {
        var handle = await StartUpdateAsync<TUpdateResult>(update, args, UntilCompleted(options)).ConfigureAwait(false);
        return await handle.GetResultAsync(options?.Rpc).ConfigureAwait(false);
    }

    /// <summary>A handle of an update, whether it exists or not.</summary>
    public WorkflowUpdateHandle GetUpdateHandle(string id) => new(Client, id, Id, RunId);

    /// <summary>A handle of an update, whether it exists or not.</summary>
    public WorkflowUpdateHandle<TUpdateResult> GetUpdateHandle<TUpdateResult>(string id) => new(Client, id, Id, RunId);

    /// <summary>Describes the workflow.</summary>
    public virtual Task<WorkflowExecutionDescription> DescribeAsync(WorkflowDescribeOptions? options = null) =>
        Client.OutboundInterceptor.DescribeWorkflowAsync(new(Id, RunId, options));

    /// <summary>Asks the workflow to cancel; it may take its time or refuse.</summary>
    public virtual Task CancelAsync(WorkflowCancelOptions? options = null) =>
        Client.OutboundInterceptor.CancelWorkflowAsync(new(Id, RunId, FirstExecutionRunId, options));

    /// <summary>Ends the workflow without asking it.</summary>
    public virtual Task TerminateAsync(string? reason = null, WorkflowTerminateOptions? options = null) =>
        Client.OutboundInterceptor.TerminateWorkflowAsync(new(Id, RunId, FirstExecutionRunId, reason, options));

    /// <summary>Fetches the history as it is now.</summary>
    public virtual async Task<WorkflowHistory> FetchHistoryAsync(WorkflowHistoryEventFetchOptions? options = null)
    {
        var now = (WorkflowHistoryEventFetchOptions?)options?.Clone() ?? new();
        now.WaitNewEvent = false;
        var events = new List<HistoryEvent>();
        await foreach (var each in FetchHistoryEventsAsync(now).ConfigureAwait(false))
        {
            events.Add(each);
        }

        return new(Id, events);
    }

    /// <summary>Fetches the events of the history, page after page as they are read.</summary>
    public virtual IAsyncEnumerable<HistoryEvent> FetchHistoryEventsAsync(WorkflowHistoryEventFetchOptions? options = null) =>
        FetchEventsAsync(options ?? new());

    private protected static WorkflowUpdateStartOptions UntilCompleted(WorkflowUpdateOptions? options) => new()
    {
        Id = options?.Id,
        Rpc = (RpcOptions?)options?.Rpc?.Clone(),
        WaitForStage = WorkflowUpdateStage.Completed,
    };

    private async IAsyncEnumerable<HistoryEvent> FetchEventsAsync(
        WorkflowHistoryEventFetchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (rpc, linked) = TemporalClient.DefaultRetryOptions(options.Rpc).WithAdditionalCancellationToken(cancellationToken);
        using (linked)
        {
            byte[]? nextPageToken = null;
            do
            {
                var page = await Client.OutboundInterceptor.FetchWorkflowHistoryEventPageAsync(new(
                    Id,
                    RunId,
                    PageSize: 0,
                    nextPageToken,
                    options.WaitNewEvent,
                    options.EventFilterType,
                    options.SkipArchival,
                    rpc)).ConfigureAwait(false);
                foreach (var each in page.Events)
                {
                    yield return each;
                }

                nextPageToken = page.NextPageToken;
            }
            while (nextPageToken is not null);
        }
    }
}
