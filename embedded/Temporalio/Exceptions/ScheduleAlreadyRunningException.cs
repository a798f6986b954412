namespace Temporalio.Exceptions;

/// <summary>A schedule with that id exists.</summary>
public class ScheduleAlreadyRunningException : FailureException
{
    /// <summary>The schedule exists.</summary>
    public ScheduleAlreadyRunningException()
        : base("Schedule already running")
    {
    }
}
