using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Worker.Events;

namespace Temporalio.Worker.Execution;

/// <summary>Gets the events of a task that did not come with it.</summary>
internal sealed class HistoryFetcher(WorkerLink link)
{
    /// <summary>All pages of a task's events.</summary>
    internal async Task<List<HistoryEvent>> RestAsync(
        PollWorkflowTaskQueueResponse task, CancellationToken cancellationToken)
    {
        var events = new List<HistoryEvent>(task.History?.Events ?? []);
        await AddPagesAsync(events, task, task.NextPageToken, cancellationToken).ConfigureAwait(false);
        return events;
    }

    /// <summary>The whole history up to and with the task's own events, which need not be stored yet.</summary>
    internal async Task<List<HistoryEvent>> AllAsync(
        PollWorkflowTaskQueueResponse task, IReadOnlyList<HistoryEvent> own, CancellationToken cancellationToken)
    {
        var events = new List<HistoryEvent>();
        var more = await AddPageAsync(events, task, ByteString.Empty, cancellationToken).ConfigureAwait(false);
        await AddPagesAsync(events, task, more, cancellationToken).ConfigureAwait(false);
        var last = events.Count == 0 ? 0 : events[^1].EventId;
        events.AddRange(own.Where(e => e.EventId > last));

        // What came after the task was given out belongs to the next one.
        if (task.StartedEventId > 0)
        {
            events.RemoveAll(e => e.EventId > task.StartedEventId);
        }
        return events;
    }

    /// <summary>
    /// Drops what no completed task has seen, for a query: to show it to the workflow is the business of a task, which can
    /// record what comes of it.
    /// </summary>
    internal static void DropUndecided(List<HistoryEvent> events)
    {
        if (events.Count > 0 && events[^1].ClosesWorkflow())
        {
            return;
        }
        var decided = events.FindLastIndex(e => e.EventType == EventType.WorkflowTaskCompleted) + 1;
        while (decided < events.Count && events[decided].IsCommandEvent())
        {
            decided++;
        }
        events.RemoveRange(decided, events.Count - decided);
    }

    private async Task AddPagesAsync(
        List<HistoryEvent> events,
        PollWorkflowTaskQueueResponse task,
        ByteString token,
        CancellationToken cancellationToken)
    {
        while (!token.IsEmpty)
        {
            token = await AddPageAsync(events, task, token, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ByteString> AddPageAsync(
        List<HistoryEvent> events,
        PollWorkflowTaskQueueResponse task,
        ByteString token,
        CancellationToken cancellationToken)
    {
        var page = await link.Service.GetWorkflowExecutionHistoryAsync(
            new()
            {
                Namespace = link.Namespace,
                Execution = task.WorkflowExecution,
                NextPageToken = token,
            },
            WorkerLink.Retried(cancellationToken)).ConfigureAwait(false);
        var last = events.Count == 0 ? 0 : events[^1].EventId;
        events.AddRange(page.History?.Events.Where(e => e.EventId > last) ?? []);
        return page.NextPageToken;
    }
}
