using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace Temporalio.Tests.Worker;

/// <summary>Writes a history event by event: ids and times are given in order.</summary>
internal sealed class HistoryScript
{
    private readonly List<HistoryEvent> events = [];

    internal HistoryScript(string workflowType)
    {
        Add(EventType.WorkflowExecutionStarted, e => e.WorkflowExecutionStartedEventAttributes = new()
        {
            WorkflowType = new() { Name = workflowType },
            TaskQueue = new() { Name = "tq" },
            OriginalExecutionRunId = "d3f9a1c0-0000-4000-8000-1234567890ab",
            FirstExecutionRunId = "d3f9a1c0-0000-4000-8000-1234567890ab",
            Attempt = 1,
        });
    }

    internal WorkflowHistory History => new("scripted", events);

    /// <summary>A workflow task that was completed with flags of core and of the language's part.</summary>
    internal HistoryScript Task(IEnumerable<uint> core, IEnumerable<uint> lang)
    {
        var scheduled = events.Count + 1;
        Add(EventType.WorkflowTaskScheduled, e => e.WorkflowTaskScheduledEventAttributes = new() { Attempt = 1 });
        Add(EventType.WorkflowTaskStarted, e => e.WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = scheduled });
        return Add(EventType.WorkflowTaskCompleted, e => e.WorkflowTaskCompletedEventAttributes = new()
        {
            ScheduledEventId = scheduled,
            StartedEventId = scheduled + 1,
            SdkMetadata = new() { CoreUsedFlags = { core }, LangUsedFlags = { lang } },
        });
    }

    internal HistoryScript Timer(string id) => Add(EventType.TimerStarted, e => e.TimerStartedEventAttributes = new()
    {
        TimerId = id,
        StartToFireTimeout = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
    });

    internal HistoryScript Add(EventType type, Action<HistoryEvent> fill)
    {
        var e = new HistoryEvent
        {
            EventId = events.Count + 1,
            EventTime = new Timestamp { Seconds = 1_780_000_000 + events.Count },
            EventType = type,
        };
        fill(e);
        events.Add(e);
        return this;
    }
}
