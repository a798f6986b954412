namespace Temporalio.Client.Schedules;

/// <summary>What an action has become: <see cref="ScheduleActionExecutionStartWorkflow" />.</summary>
public abstract record ScheduleActionExecution
{
}
