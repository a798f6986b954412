using Temporal.Server.History.State;
using Temporal.Server.Namespaces;
using Temporal.Server.Store;
using Temporalio.Api.Command.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Temporal.Server.History.Commands;

/// <summary>What the commands of one completion share.</summary>
internal sealed class CommandScope
{
    /// <summary>The transition.</summary>
    public required Transition Transition { get; init; }

    /// <summary>The completion as the worker sent it.</summary>
    public required RespondWorkflowTaskCompletedRequest Request { get; init; }

    /// <summary>Id of the WORKFLOW_TASK_COMPLETED that the commands belong to.</summary>
    public required long CompletedEventId { get; init; }

    /// <summary>The run's namespace.</summary>
    public required NamespaceRecord Namespace { get; init; }

    /// <summary>All namespaces, for commands that name one.</summary>
    public required NamespaceRegistry Namespaces { get; init; }

    /// <summary>The worker's protocol messages that have not been processed, by id, in order.</summary>
    public required OrderedDictionary<string, Message> Messages { get; init; }

    /// <summary>Activities that were started at once for the same worker.</summary>
    public List<PollActivityTaskQueueResponse> EagerActivities { get; } = [];

    /// <summary>An activity was cancelled before it started: the workflow must hear of it.</summary>
    public bool NeedsWorkflowTask { get; set; }

    /// <summary>Children initiated by this completion.</summary>
    public HashSet<string> ChildrenInitiated { get; } = new(StringComparer.Ordinal);

    /// <summary>The state.</summary>
    public RunState State => Transition.State;

    /// <summary>What the run may have and send.</summary>
    public WorkflowLimits Limits => Transition.Run.Limits;

    /// <summary>Appends a command's event, with what every command carries.</summary>
    public HistoryEvent Add(Command command, HistoryEvent e)
    {
        e.UserMetadata = command.UserMetadata;
        e.EventGroupMarkers.Add(command.EventGroupMarkers);
        return Transition.Add(e);
    }
}
