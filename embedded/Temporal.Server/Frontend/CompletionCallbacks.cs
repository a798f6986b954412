using Google.Protobuf.WellKnownTypes;
using Temporal.Server.History;
using Temporal.Server.History.State;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;

namespace Temporal.Server.Frontend;

/// <summary>
/// What a run's start requests wanted to be called at its end, as descriptions show it. Nobody is called: that takes Nexus.
/// </summary>
internal static class CompletionCallbacks
{
    /// <summary>The callbacks of the request that started a run and of those that were attached to it.</summary>
    public static IEnumerable<CallbackInfo> Of(RunState state) =>
        state
            .Started.CompletionCallbacks.Select(callback => Info(callback, state.StartTime.ToProto()))
            .Concat(
                state.AttachedRequests.Values.SelectMany(request =>
                    request.Callbacks.Select(callback => Info(callback, request.Time.ToProto()))
                )
            );

    private static CallbackInfo Info(Callback callback, Timestamp registered) =>
        new()
        {
            Callback = callback,
            Trigger = new CallbackInfo.Types.Trigger { WorkflowClosed = new CallbackInfo.Types.WorkflowClosed() },
            RegistrationTime = registered,
            State = CallbackState.Standby,
        };
}
