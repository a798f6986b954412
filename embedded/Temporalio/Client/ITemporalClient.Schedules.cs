using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace Temporalio.Client;

public partial interface ITemporalClient
{
    /// <summary>Creates a schedule.</summary>
    /// <param name="scheduleId">Its id.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="ArgumentException">The schedule or the options are not valid.</exception>
    /// <exception cref="ScheduleAlreadyRunningException">A schedule with that id exists.</exception>
    /// <exception cref="RpcException">The server refused.</exception>
    Task<ScheduleHandle> CreateScheduleAsync(string scheduleId, Schedule schedule, ScheduleOptions? options = null);

    /// <summary>A handle of a schedule, whether it exists or not.</summary>
    ScheduleHandle GetScheduleHandle(string scheduleId);

    /// <summary>Lists schedules. A change may take a moment to show.</summary>
    IAsyncEnumerable<ScheduleListDescription> ListSchedulesAsync(ScheduleListOptions? options = null);
}
