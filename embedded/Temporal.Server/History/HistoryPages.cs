using Google.Protobuf;
using Temporal.Server.History.Records;
using Temporal.Server.History.State;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using HistoryMessage = Temporalio.Api.History.V1.History;

namespace Temporal.Server.History;

/// <summary>Cuts histories into pages.</summary>
internal static class HistoryPages
{
    /// <summary>Puts the events a worker needs into its task: what fits a page, and a token for the rest.</summary>
    public static void Fill(
        PollWorkflowTaskQueueResponse reply,
        string runId,
        RunState state,
        long from,
        long last,
        IReadOnlyList<HistoryEvent> transient
    )
    {
        var (page, next) = Take(state, from, Math.Min(last, state.Events.Count), Limits.HistoryPageEvents);
        reply.History = page;
        if (next is null)
        {
            page.Events.AddRange(transient);
        }
        else
        {
            reply.NextPageToken = new HistoryToken
            {
                RunId = runId,
                NextEventId = next.Value,
                LastEventId = last,
                TransientEvents = { transient.Select(e => e.ToByteString()) },
            }.ToByteString();
        }
    }

    /// <summary>Takes a page of events.</summary>
    /// <returns>The page, and the id that the next one starts at or null after the last.</returns>
    public static (HistoryMessage Page, long? Next) Take(RunState state, long from, long last, int maximumEvents)
    {
        var page = new HistoryMessage();
        var bytes = 0;
        for (var id = from; id <= last; id++)
        {
            var e = state.Events[(int)id - 1];
            bytes += e.CalculateSize();
            if (page.Events.Count > 0 && (page.Events.Count >= maximumEvents || bytes > Limits.HistoryPageBytes))
            {
                return (page, id);
            }

            page.Events.Add(e);
        }

        return (page, null);
    }
}
