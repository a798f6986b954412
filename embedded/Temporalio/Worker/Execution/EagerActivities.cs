using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Worker.Execution;

/// <summary>
/// Asks the server to give activities of a workflow task straight to this worker, as many as it has free slots reserved
/// for, instead of through their queue.
/// </summary>
internal sealed class EagerActivities(ActivityWorker? worker, string taskQueue, int limit)
{
    /// <summary>Sets which of the commands ask for it, and reserves their slots.</summary>
    internal List<PollLoop<PollActivityTaskQueueResponse>.Reservation> Reserve(IEnumerable<Command> commands)
    {
        var slots = new List<PollLoop<PollActivityTaskQueueResponse>.Reservation>();
        foreach (var schedule in commands.Select(c => c.ScheduleActivityTaskCommandAttributes).OfType<ScheduleActivityTaskCommandAttributes>())
        {
            if (!schedule.RequestEagerExecution)
            {
                continue;
            }
            var slot = slots.Count < limit && schedule.TaskQueue.Name == taskQueue ? worker?.TryReserveEager() : null;
            schedule.RequestEagerExecution = slot != null;
            if (slot != null)
            {
                slots.Add(slot);
            }
        }
        return slots;
    }

    /// <summary>Starts what the server has given.</summary>
    internal static void Start(RepeatedField<PollActivityTaskQueueResponse> tasks, List<PollLoop<PollActivityTaskQueueResponse>.Reservation> slots)
    {
        foreach (var (task, slot) in tasks.Zip(slots))
        {
            slot.Start(task);
        }
    }
}
