namespace Temporalio.Client.Schedules;

/// <summary>A workflow that an action has started.</summary>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="FirstExecutionRunId">First run of its chain.</param>
public record ScheduleActionExecutionStartWorkflow(string WorkflowId, string FirstExecutionRunId) : ScheduleActionExecution
{
    internal static ScheduleActionExecutionStartWorkflow FromProto(Api.Common.V1.WorkflowExecution proto) =>
        new(proto.WorkflowId, proto.RunId);
}
