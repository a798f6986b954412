using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.History.Resets;

/// <summary>Finds the place that a reset is described by: the first or last workflow task, or the first one of a build.</summary>
internal static class ResetTargets
{
    /// <summary>The run and the event to reset to.</summary>
    /// <param name="run">The run asked about.</param>
    /// <param name="state">Its state.</param>
    /// <param name="options">The description.</param>
    /// <exception cref="RpcException">InvalidArgument: there is no such place, or the description names none.</exception>
    public static (RunKey Run, long EventId) Find(RunKey run, RunState state, ResetOptions options) =>
        options.TargetCase switch
        {
            ResetOptions.TargetOneofCase.FirstWorkflowTask => (run, First(state)),
            ResetOptions.TargetOneofCase.LastWorkflowTask => (run, Last(state)),
            ResetOptions.TargetOneofCase.WorkflowTaskId => (run, options.WorkflowTaskId),
            ResetOptions.TargetOneofCase.BuildId => OfBuild(run, state, options.BuildId, options.CurrentRunOnly),
            _ => throw RpcException.InvalidArgument("The reset options name no target."),
        };

    /// <summary>The first completed workflow task; while there is none, the event after the first scheduled one.</summary>
    public static long First(RunState state) =>
        state.Events.Find(IsCompleted)?.EventId ?? state.Events.Find(IsScheduled)?.EventId + 1 ?? throw NoTask();

    /// <summary>The last completed workflow task; while there is none, the event after the first scheduled one.</summary>
    public static long Last(RunState state) =>
        state.Events.FindLast(IsCompleted)?.EventId ?? state.Events.Find(IsScheduled)?.EventId + 1 ?? throw NoTask();

    private static (RunKey Run, long EventId) OfBuild(RunKey run, RunState state, string buildId, bool currentRunOnly)
    {
        var point = AutoResetPoints
            .Of(state, run.RunId)
            ?.Points.FirstOrDefault(point => point.BuildId == buildId && point.Resettable && (!currentRunOnly || point.RunId == run.RunId))
            ?? throw RpcException.InvalidArgument($"Can't find reset point for build {buildId}.");
        return (run with { RunId = point.RunId }, point.FirstWorkflowTaskCompletedId);
    }

    private static bool IsCompleted(HistoryEvent e) => e.EventType == EventType.WorkflowTaskCompleted;

    private static bool IsScheduled(HistoryEvent e) => e.EventType == EventType.WorkflowTaskScheduled;

    private static RpcException NoTask() => RpcException.InvalidArgument("The workflow has no workflow task to reset to.");
}
