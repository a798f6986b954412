namespace Temporalio.Client.Schedules;

/// <summary>What there is when a schedule is to be changed.</summary>
/// <param name="Description">The schedule as the server has it.</param>
public record ScheduleUpdateInput(ScheduleDescription Description);
