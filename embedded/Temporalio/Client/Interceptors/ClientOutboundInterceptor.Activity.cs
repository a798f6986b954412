namespace Temporalio.Client.Interceptors;

public abstract partial class ClientOutboundInterceptor
{
    /// <summary>Starts a standalone activity.</summary>
    public virtual Task<ActivityHandle<TResult>> StartActivityAsync<TResult>(StartActivityInput input) =>
        Next.StartActivityAsync<TResult>(input);

    /// <summary>Describes a standalone activity.</summary>
    public virtual Task<ActivityExecutionDescription> DescribeActivityAsync(DescribeActivityInput input) =>
        Next.DescribeActivityAsync(input);

    /// <summary>Asks a standalone activity to cancel.</summary>
    public virtual Task CancelActivityAsync(CancelActivityInput input) => Next.CancelActivityAsync(input);

    /// <summary>Terminates a standalone activity.</summary>
    public virtual Task TerminateActivityAsync(TerminateActivityInput input) => Next.TerminateActivityAsync(input);

    /// <summary>Lists standalone activities.</summary>
    public virtual IAsyncEnumerable<ActivityExecution> ListActivitiesAsync(ListActivitiesInput input) => Next.ListActivitiesAsync(input);

    /// <summary>Counts standalone activities.</summary>
    public virtual Task<ActivityExecutionCount> CountActivitiesAsync(CountActivitiesInput input) => Next.CountActivitiesAsync(input);

    /// <summary>Lists a page of standalone activities.</summary>
    public virtual Task<ActivityListPage> ListActivitiesPaginatedAsync(ListActivitiesPaginatedInput input) =>
        Next.ListActivitiesPaginatedAsync(input);
}
