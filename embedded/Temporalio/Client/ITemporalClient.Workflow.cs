using System.Linq.Expressions;
using Temporalio.Exceptions;

namespace Temporalio.Client;

public partial interface ITemporalClient
{
    /// <summary>Starts a workflow.</summary>
    /// <param name="workflowRunCall">A call of its run method.</param>
    /// <param name="options">Options; id and task queue are required.</param>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<WorkflowHandle<TWorkflow, TResult>> StartWorkflowAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options);

    /// <summary>Starts a workflow.</summary>
    /// <param name="workflowRunCall">A call of its run method.</param>
    /// <param name="options">Options; id and task queue are required.</param>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<WorkflowHandle<TWorkflow>> StartWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options);

    /// <summary>Starts a workflow by name.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<WorkflowHandle> StartWorkflowAsync(string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options);

    /// <summary>A handle of a workflow, whether it exists or not.</summary>
    /// <param name="id">Workflow id.</param>
    /// <param name="runId">Run; null for the latest.</param>
    /// <param name="firstExecutionRunId">First run of the chain that cancel, terminate and update must meet.</param>
    WorkflowHandle GetWorkflowHandle(string id, string? runId = null, string? firstExecutionRunId = null);

    /// <summary>A handle of a workflow, whether it exists or not.</summary>
    /// <param name="id">Workflow id.</param>
    /// <param name="runId">Run; null for the latest.</param>
    /// <param name="firstExecutionRunId">First run of the chain that cancel, terminate and update must meet.</param>
    WorkflowHandle<TWorkflow> GetWorkflowHandle<TWorkflow>(string id, string? runId = null, string? firstExecutionRunId = null);

    /// <summary>A handle of a workflow, whether it exists or not.</summary>
    /// <param name="id">Workflow id.</param>
    /// <param name="runId">Run; null for the latest.</param>
    /// <param name="firstExecutionRunId">First run of the chain that cancel, terminate and update must meet.</param>
    WorkflowHandle<TWorkflow, TResult> GetWorkflowHandle<TWorkflow, TResult>(
        string id, string? runId = null, string? firstExecutionRunId = null);

    /// <summary>Starts an update and, if need be, its workflow, in one go.</summary>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The conflict policy forbids it.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">It was given up before the stage was reached.</exception>
    Task<WorkflowUpdateHandle> StartUpdateWithStartWorkflowAsync<TWorkflow>(
        Expression<Func<TWorkflow, Task>> updateCall, WorkflowStartUpdateWithStartOptions options);

    /// <summary>Starts an update and, if need be, its workflow, in one go.</summary>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The conflict policy forbids it.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">It was given up before the stage was reached.</exception>
    Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TWorkflow, TUpdateResult>(
        Expression<Func<TWorkflow, Task<TUpdateResult>>> updateCall, WorkflowStartUpdateWithStartOptions options);

    /// <summary>Starts an update by name and, if need be, its workflow, in one go.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The conflict policy forbids it.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">It was given up before the stage was reached.</exception>
    Task<WorkflowUpdateHandle> StartUpdateWithStartWorkflowAsync(
        string update, IReadOnlyCollection<object?> args, WorkflowStartUpdateWithStartOptions options);

    /// <summary>Starts an update by name and, if need be, its workflow, in one go.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="WorkflowAlreadyStartedException">The conflict policy forbids it.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">It was given up before the stage was reached.</exception>
    Task<WorkflowUpdateHandle<TUpdateResult>> StartUpdateWithStartWorkflowAsync<TUpdateResult>(
        string update, IReadOnlyCollection<object?> args, WorkflowStartUpdateWithStartOptions options);

    /// <summary>Lists workflows by a list filter, page after page as they are read.</summary>
    IAsyncEnumerable<WorkflowExecution> ListWorkflowsAsync(string query, WorkflowListOptions? options = null);

    /// <summary>Counts workflows by a list filter.</summary>
    Task<WorkflowExecutionCount> CountWorkflowsAsync(string query, WorkflowCountOptions? options = null);

    /// <summary>Lists one page of workflows by a list filter.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="nextPageToken">Where to go on; null to begin.</param>
    /// <param name="options">Options.</param>
    Task<WorkflowListPage> ListWorkflowsPaginatedAsync(
        string query, byte[]? nextPageToken, WorkflowListPaginatedOptions? options = null);
}
