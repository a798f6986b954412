using System.Diagnostics.Tracing;
using Temporalio.Exceptions;

namespace Temporalio.Worker.Runtime;

/// <summary>
/// Watches what tasks the runtime starts. A task that workflow code puts on another scheduler, or a timer or thread-pool
/// transfer, would come back at a time that no history knows: it fails the workflow task.
/// </summary>
internal sealed class WorkflowTracing : EventListener
{
    private const string TplSource = "System.Threading.Tasks.TplEventSource";
    private const string FrameworkSource = "System.Diagnostics.Eventing.FrameworkEventSource";

    // Of TplEventSource: TaskScheduled to TaskWaitBegin carry the scheduler's id first.
    private const int FirstSchedulerEvent = 7;
    private const int LastSchedulerEvent = 11;
    private const EventKeywords TplTasks = (EventKeywords)2;
    private const EventKeywords ThreadTransfers = (EventKeywords)0x10;
    private const EventTask ThreadTransfer = (EventTask)3;

    private static readonly Lazy<WorkflowTracing> Instance = new(() => new());

    // The base constructor calls back before fields of this class are set, hence lazily made and never by initializer.
    private Lock? gate;
    private EventSource? tpl;
    private EventSource? framework;
    private int users;

    private WorkflowTracing()
    {
    }

    private Lock Gate => LazyInitializer.EnsureInitialized(ref gate, () => new());

    /// <summary>Watches until the returned object is disposed.</summary>
    internal static IDisposable Use()
    {
        Instance.Value.Change(1);
        return new Usage();
    }

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        lock (Gate)
        {
            if (eventSource.Name == TplSource)
            {
                tpl = eventSource;
            }
            else if (eventSource.Name == FrameworkSource)
            {
                framework = eventSource;
            }
            else
            {
                return;
            }
            if (users > 0)
            {
                EnableOrDisable();
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // First of all and cheap, for this is called on every task of the process.
        if (TaskScheduler.Current is not WorkflowTaskScheduler { IsTraced: true } scheduler)
        {
            return;
        }
        if (eventData.EventSource == tpl)
        {
            var isForeign = eventData.EventId is >= FirstSchedulerEvent and <= LastSchedulerEvent &&
                eventData.Payload?[0] as int? != scheduler.Id;
            if (isForeign)
            {
                scheduler.Fail(new InvalidWorkflowSchedulerException(
                    "Task during workflow run was not scheduled on workflow scheduler", Environment.StackTrace));
            }
        }
        else if (eventData.EventSource == framework && eventData.Task == ThreadTransfer)
        {
            scheduler.Fail(new InvalidWorkflowSchedulerException(
                "Workflow attempted to perform a thread transfer task which is non-deterministic. " +
                "This can be caused by timers or other non-deterministic async calls.",
                Environment.StackTrace));
        }
    }

    private void Change(int by)
    {
        lock (Gate)
        {
            var before = users;
            users += by;
            if (before == 0 || users == 0)
            {
                EnableOrDisable();
            }
        }
    }

    private void EnableOrDisable()
    {
        Switch(tpl, TplTasks);
        Switch(framework, ThreadTransfers);
    }

    private void Switch(EventSource? source, EventKeywords keywords)
    {
        if (source == null)
        {
            return;
        }
        if (users > 0)
        {
            EnableEvents(source, EventLevel.Informational, keywords);
        }
        else
        {
            DisableEvents(source);
        }
    }

    private sealed class Usage : IDisposable
    {
        private int disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                Instance.Value.Change(-1);
            }
        }
    }
}
