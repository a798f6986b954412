namespace Temporalio.Client.Schedules;

/// <summary>What a listed schedule does: <see cref="ScheduleListActionStartWorkflow" />.</summary>
public abstract record ScheduleListAction
{
    /// <exception cref="InvalidOperationException">The server knows an action that this library does not.</exception>
    internal static ScheduleListAction FromProto(Api.Schedule.V1.ScheduleListInfo proto) =>
        new ScheduleListActionStartWorkflow(
            proto.WorkflowType?.Name ?? throw new InvalidOperationException("Unsupported action on list schedule"));
}
