using System.Linq.Expressions;
using Temporalio.Exceptions;

namespace Temporalio.Client;

public partial interface ITemporalClient
{
    /// <summary>Starts an activity that belongs to no workflow.</summary>
    /// <param name="activityCall">A call of its method.</param>
    /// <param name="options">Options; id, task queue and a timeout are required.</param>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="ActivityAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<ActivityHandle<TResult>> StartActivityAsync<TResult>(
        Expression<Func<Task<TResult>>> activityCall, StartActivityOptions options);

    /// <summary>Starts an activity that belongs to no workflow.</summary>
    /// <param name="activityCall">A call of its method.</param>
    /// <param name="options">Options; id, task queue and a timeout are required.</param>
    /// <exception cref="ArgumentException">The call or the options are not valid.</exception>
    /// <exception cref="ActivityAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<ActivityHandle> StartActivityAsync(Expression<Func<Task>> activityCall, StartActivityOptions options);

    /// <summary>Starts an activity that belongs to no workflow, by name.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="ActivityAlreadyStartedException">The id is taken.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<ActivityHandle> StartActivityAsync(string activity, IReadOnlyCollection<object?> args, StartActivityOptions options);

    /// <summary>A handle of a standalone activity, whether it exists or not.</summary>
    ActivityHandle GetActivityHandle(string id, string? runId = null);

    /// <summary>A handle of a standalone activity, whether it exists or not.</summary>
    ActivityHandle<TResult> GetActivityHandle<TResult>(string id, string? runId = null);

    /// <summary>Lists standalone activities.</summary>
    IAsyncEnumerable<ActivityExecution> ListActivitiesAsync(string query, ActivityListOptions? options = null);

    /// <summary>Counts standalone activities.</summary>
    Task<ActivityExecutionCount> CountActivitiesAsync(string query, ActivityCountOptions? options = null);

    /// <summary>Lists a page of standalone activities.</summary>
    /// <param name="query">The query; the same for each page.</param>
    /// <param name="nextPageToken">Of the page before; null for the first.</param>
    /// <param name="options">Options.</param>
    Task<ActivityListPage> ListActivitiesPaginatedAsync(
        string query, byte[]? nextPageToken, ActivityListPaginatedOptions? options = null);
}
