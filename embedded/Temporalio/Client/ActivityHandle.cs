using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>A standalone activity, whether it exists or not. Its calls fail with <see cref="RpcException" /> where it does not.</summary>
/// <param name="Client">Client.</param>
/// <param name="Id">Id of the activity.</param>
/// <param name="RunId">Run; null for the latest.</param>
public record ActivityHandle(ITemporalClient Client, string Id, string? RunId = null)
{
    /// <summary>Waits until the activity has ended.</summary>
    /// <exception cref="ActivityFailedException">It did not succeed; the inner exception says why.</exception>
    public Task GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<ValueTuple>(rpcOptions);

    /// <summary>Waits for the activity's result.</summary>
    /// <exception cref="ActivityFailedException">It has none; the inner exception says why.</exception>
    public virtual async Task<TResult> GetResultAsync<TResult>(RpcOptions? rpcOptions = null)
    {
        var request = new PollActivityExecutionRequest
        {
            Namespace = Client.Options.Namespace,
            ActivityId = Id,
            RunId = RunId ?? string.Empty,
        };
        var rpc = TemporalClient.DefaultRetryOptions(rpcOptions);
        PollActivityExecutionResponse response;
        do
        {
            response = await Client.Connection.WorkflowService.PollActivityExecutionAsync(request, rpc).ConfigureAwait(false);
        }
        while (response.Outcome is null);

        var converter = Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Activity(Client.Options.Namespace, Id, null, null, null, null, IsLocal: false));
        if (response.Outcome.Failure is { } failure)
        {
            throw new ActivityFailedException(await converter.ToExceptionAsync(failure).ConfigureAwait(false));
        }

        return typeof(TResult) != typeof(ValueTuple) && response.Outcome.Result is { Payloads_.Count: > 0 } result
            ? await converter.ToSingleValueAsync<TResult>(result.Payloads_).ConfigureAwait(false)
            : default!;
    }

    /// <summary>Describes it.</summary>
    public virtual Task<ActivityExecutionDescription> DescribeAsync(ActivityDescribeOptions? options = null) =>
        Client.OutboundInterceptor.DescribeActivityAsync(new(Id, RunId, options));

    /// <summary>Asks it to cancel.</summary>
    public virtual Task CancelAsync(ActivityCancelOptions? options = null) =>
        Client.OutboundInterceptor.CancelActivityAsync(new(Id, RunId, options));

    /// <summary>Ends it without asking.</summary>
    public virtual Task TerminateAsync(ActivityTerminateOptions? options = null) =>
        Client.OutboundInterceptor.TerminateActivityAsync(new(Id, RunId, options));
}

/// <summary>A standalone activity with a result of a known type.</summary>
/// <typeparam name="TResult">Type of the result.</typeparam>
/// <param name="Client">Client.</param>
/// <param name="Id">Id of the activity.</param>
/// <param name="RunId">Run; null for the latest.</param>
public record ActivityHandle<TResult>(ITemporalClient Client, string Id, string? RunId = null)
    : ActivityHandle(Client, Id, RunId)
{
    /// <summary>Waits for the activity's result.</summary>
    /// <exception cref="ActivityFailedException">It has none; the inner exception says why.</exception>
    public new Task<TResult> GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<TResult>(rpcOptions);
}
