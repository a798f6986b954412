using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.History.Activities;
using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.Frontend;

/// <summary>What operators do to open activities: pause, unpause, reset, change options. All that a request selects, or nothing.</summary>
internal sealed class ActivityOperationHandlers(HistoryEngine engine)
{
    /// <summary>Pauses activities.</summary>
    public async Task<PauseActivityResponse> PauseAsync(PauseActivityRequest request, RpcContext context)
    {
        var selector = request.ActivityCase switch
        {
            PauseActivityRequest.ActivityOneofCase.Id => new ActivitySelector(request.Id, null),
            PauseActivityRequest.ActivityOneofCase.Type => new ActivitySelector(null, request.Type),
            _ => throw NotSelected(),
        };
        await OnAsync(
                request.Namespace,
                request.Execution,
                selector,
                (t, activity) => t.PauseActivity(activity, new ActivityPause(t.Now, request.Identity, request.Reason, request.RequestId)),
                context
            )
            .ConfigureAwait(false);
        return new PauseActivityResponse();
    }

    /// <summary>Ends pauses.</summary>
    public async Task<UnpauseActivityResponse> UnpauseAsync(UnpauseActivityRequest request, RpcContext context)
    {
        var jitter = Requests.RequireNotNegative(request.Jitter, "Jitter");
        var selector = request.ActivityCase switch
        {
            UnpauseActivityRequest.ActivityOneofCase.Id => new ActivitySelector(request.Id, null),
            UnpauseActivityRequest.ActivityOneofCase.Type => new ActivitySelector(null, request.Type),
            UnpauseActivityRequest.ActivityOneofCase.UnpauseAll => new ActivitySelector(null, null),
            _ => throw NotSelected(),
        };
        await OnAsync(
                request.Namespace,
                request.Execution,
                selector,
                (t, activity) => t.UnpauseActivity(activity, request.ResetAttempts, request.ResetHeartbeat, jitter),
                context
            )
            .ConfigureAwait(false);
        return new UnpauseActivityResponse();
    }

    /// <summary>Resets activities.</summary>
    public async Task<ResetActivityResponse> ResetAsync(ResetActivityRequest request, RpcContext context)
    {
        var jitter = Requests.RequireNotNegative(request.Jitter, "Jitter");
        var selector = request.ActivityCase switch
        {
            ResetActivityRequest.ActivityOneofCase.Id => new ActivitySelector(request.Id, null),
            ResetActivityRequest.ActivityOneofCase.Type => new ActivitySelector(null, request.Type),
            ResetActivityRequest.ActivityOneofCase.MatchAll => new ActivitySelector(null, null),
            _ => throw NotSelected(),
        };
        await OnAsync(
                request.Namespace,
                request.Execution,
                selector,
                (t, activity) =>
                    t.ResetActivity(activity, request.ResetHeartbeat, request.KeepPaused, request.RestoreOriginalOptions, jitter),
                context
            )
            .ConfigureAwait(false);
        return new ResetActivityResponse();
    }

    /// <summary>Changes activities' options; the reply has those of the last one changed.</summary>
    public async Task<UpdateActivityOptionsResponse> UpdateOptionsAsync(UpdateActivityOptionsRequest request, RpcContext context)
    {
        var selector = request.ActivityCase switch
        {
            UpdateActivityOptionsRequest.ActivityOneofCase.Id => new ActivitySelector(request.Id, null),
            UpdateActivityOptionsRequest.ActivityOneofCase.Type => new ActivitySelector(null, request.Type),
            UpdateActivityOptionsRequest.ActivityOneofCase.MatchAll => new ActivitySelector(null, null),
            _ => throw NotSelected(),
        };
        var mask = MaskOf(request);
        var options = new ActivityOptions();
        await OnAsync(
                request.Namespace,
                request.Execution,
                selector,
                (t, activity) =>
                    options = request.RestoreOriginal
                        ? t.RestoreOptions(activity)
                        : t.ChangeOptions(activity, request.ActivityOptions, mask),
                context
            )
            .ConfigureAwait(false);
        return new UpdateActivityOptionsResponse { ActivityOptions = options };
    }

    /// <summary>Which options a request changes; none when it goes back to the original ones.</summary>
    /// <exception cref="RpcException">InvalidArgument: it says neither, or both, or there is no such option.</exception>
    public static FieldMask MaskOf(UpdateActivityOptionsRequest request)
    {
        if (request.RestoreOriginal)
        {
            return request.UpdateMask is null or { Paths.Count: 0 }
                ? new FieldMask()
                : throw RpcException.InvalidArgument("Both UpdateMask and RestoreOriginal are provided");
        }

        if (request.ActivityOptions is null)
        {
            throw RpcException.InvalidArgument("ActivityOptions are not provided");
        }

        Priorities.Check(request.ActivityOptions.Priority);
        return FieldMasks.Check<ActivityOptions>(request.UpdateMask ?? throw RpcException.InvalidArgument("UpdateMask is not provided"));
    }

    private static RpcException NotSelected() =>
        RpcException.InvalidArgument("Either Activity.Id or Activity.Type should be set on request.");

    private async Task OnAsync(
        string namespaceName,
        WorkflowExecution? execution,
        ActivitySelector selector,
        Action<Transition, ActivityState> act,
        RpcContext context
    )
    {
        var key = await engine
            .ResolveAsync(engine.Namespaces.Require(namespaceName), execution?.WorkflowId, execution?.RunId, context.CancellationToken)
            .ConfigureAwait(false);
        await engine
            .TransactAsync(
                key,
                t =>
                {
                    foreach (var activity in selector.Of(t))
                    {
                        act(t, activity);
                    }
                },
                context.CancellationToken
            )
            .ConfigureAwait(false);
    }
}
