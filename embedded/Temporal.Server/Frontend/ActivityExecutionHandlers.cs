using System.Text;
using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.Chains;
using Temporal.Server.History.Records;
using Temporal.Server.History.Starts;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>What clients do with standalone activities: start, describe, wait for, cancel, terminate, delete.</summary>
internal sealed class ActivityExecutionHandlers(HistoryEngine engine, WorkflowStarter starter)
{
    /// <summary>Starts an activity.</summary>
    public async Task<StartActivityExecutionResponse> StartAsync(StartActivityExecutionRequest request, RpcContext context)
    {
        var plan = ActivityStartRequests.Plan(engine.Limits, engine.Namespaces.Require(request.Namespace), request);
        try
        {
            var outcome = await starter.StartAsync(plan, context.CancellationToken).ConfigureAwait(false);
            return new StartActivityExecutionResponse
            {
                RunId = outcome.Run.RunId,
                Started = outcome.IsNew,
                Link = new Link
                {
                    Activity = new Link.Types.Activity { Namespace = request.Namespace, ActivityId = request.ActivityId, RunId = outcome.Run.RunId },
                },
            };
        }
        catch (RpcException error) when (error.Details is [WorkflowExecutionAlreadyStartedFailure started])
        {
            throw new RpcException(
                StatusCode.AlreadyExists,
                "activity execution already started",
                new ActivityExecutionAlreadyStartedFailure { StartRequestId = started.StartRequestId, RunId = started.RunId });
        }
    }

    /// <summary>Describes an activity: at once, or, with the token of an earlier description, when it has changed since.</summary>
    public Task<DescribeActivityExecutionResponse> DescribeAsync(DescribeActivityExecutionRequest request, RpcContext context)
    {
        if (request.LongPollToken.IsEmpty)
        {
            return OnAsync(request.Namespace, request.ActivityId, request.RunId, context, t => Describe(t, request));
        }

        if (request.RunId.Length == 0)
        {
            throw RpcException.InvalidArgument("run id is required when long poll token is provided");
        }

        var seen = Token(request.LongPollToken);
        return seen.RunId == request.RunId
            ? WhenAsync(request.Namespace, request.ActivityId, request.RunId, context, t => t.Run.Version > seen.Version ? Describe(t, request) : null, run => run.Changed)
            : throw RpcException.InvalidArgument("long poll token does not match execution");
    }

    /// <summary>Waits for an activity's outcome. An empty reply: it is still open, ask again.</summary>
    public Task<PollActivityExecutionResponse> PollAsync(PollActivityExecutionRequest request, RpcContext context) => WhenAsync(
        request.Namespace,
        request.ActivityId,
        request.RunId,
        context,
        t => t.State.IsOpen ? null : new PollActivityExecutionResponse { RunId = t.Run.Key.RunId, Outcome = ActivityDescriptions.Outcome(t.State) },
        run => run.Closed);

    /// <summary>Asks an activity to cancel.</summary>
    public async Task<RequestCancelActivityExecutionResponse> RequestCancelAsync(RequestCancelActivityExecutionRequest request, RpcContext context)
    {
        var requestId = Check(request.RequestId, request.Identity, request.Reason);
        await OnAsync(request.Namespace, request.ActivityId, request.RunId, context, t => t.RequestCancelAlone(request.Identity, requestId, request.Reason)).ConfigureAwait(false);
        return new RequestCancelActivityExecutionResponse();
    }

    /// <summary>Ends an activity without asking.</summary>
    public async Task<TerminateActivityExecutionResponse> TerminateAsync(TerminateActivityExecutionRequest request, RpcContext context)
    {
        var requestId = Check(request.RequestId, request.Identity, request.Reason);
        await OnAsync(request.Namespace, request.ActivityId, request.RunId, context, t => t.TerminateAlone(request.Identity, requestId, request.Reason)).ConfigureAwait(false);
        return new TerminateActivityExecutionResponse();
    }

    /// <summary>Deletes an activity; an open one is terminated first.</summary>
    public async Task<DeleteActivityExecutionResponse> DeleteAsync(DeleteActivityExecutionRequest request, RpcContext context)
    {
        await OnAsync(request.Namespace, request.ActivityId, request.RunId, context, t => t.Delete()).ConfigureAwait(false);
        return new DeleteActivityExecutionResponse();
    }

    private static DescribeActivityExecutionResponse Describe(Transition t, DescribeActivityExecutionRequest request) => new()
    {
        RunId = t.Run.Key.RunId,
        Info = ActivityDescriptions.Info(t, request),
        Input = request.IncludeInput ? StandaloneActivities.ScheduledEvent(t.State).ActivityTaskScheduledEventAttributes.Input : null,
        Outcome = request.IncludeOutcome ? ActivityDescriptions.Outcome(t.State) : null,
        LongPollToken = new ActivityPollToken { RunId = t.Run.Key.RunId, Version = t.Run.Version }.ToByteString(),
    };

    private static ActivityPollToken Token(ByteString bytes)
    {
        try
        {
            return ActivityPollToken.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw RpcException.InvalidArgument("invalid long poll token");
        }
    }

    // The request id, one of the server's own when there is none.
    private string Check(string requestId, string identity, string reason)
    {
        Requests.LimitName(engine.Limits, requestId, "RequestId");
        Requests.LimitName(engine.Limits, identity, "Identity");
        if (Encoding.UTF8.GetByteCount(reason) > engine.Limits.BlobBytes)
        {
            throw RpcException.InvalidArgument("reason exceeds length limit");
        }

        return requestId.Length > 0 ? requestId : RunIds.New();
    }

    private async Task<T> OnAsync<T>(string namespaceName, string activityId, string runId, RpcContext context, Func<Transition, T> act)
    {
        try
        {
            var key = await ResolveAsync(namespaceName, activityId, runId, context).ConfigureAwait(false);
            return await engine.TransactAsync(key, act, context.CancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && engine.Namespaces.Find(namespaceName) is not null)
        {
            throw RpcException.NotFound($"activity not found for ID: {activityId}");
        }
    }

    private Task<bool> OnAsync(string namespaceName, string activityId, string runId, RpcContext context, Action<Transition> act) => OnAsync(
        namespaceName,
        activityId,
        runId,
        context,
        t =>
        {
            act(t);
            return true;
        });

    private async Task<T> WhenAsync<T>(
        string namespaceName, string activityId, string runId, RpcContext context, Func<Transition, T?> read, Func<Run, Task> next)
        where T : class, new()
    {
        try
        {
            var key = await ResolveAsync(namespaceName, activityId, runId, context).ConfigureAwait(false);
            return await engine.ReadWhenAsync(key, read, next, Requests.LongPoll(context, engine.Limits.LongPoll), context.CancellationToken).ConfigureAwait(false) ?? new T();
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && engine.Namespaces.Find(namespaceName) is not null)
        {
            throw RpcException.NotFound($"activity not found for ID: {activityId}");
        }
    }

    private Task<RunKey> ResolveAsync(string namespaceName, string activityId, string runId, RpcContext context) => engine.ResolveAsync(
        ActivitySpace.Of(engine.Namespaces.Require(namespaceName)), Requests.RequireName(engine.Limits, activityId, "ActivityId"), runId, context.CancellationToken);
}
