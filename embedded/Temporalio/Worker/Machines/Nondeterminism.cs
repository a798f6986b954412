using Temporalio.Api.History.V1;
using Temporalio.Exceptions;
using Temporalio.Worker.Events;

namespace Temporalio.Worker.Machines;

/// <summary>Makes the exceptions that say how workflow code and history differ.</summary>
internal static class Nondeterminism
{
    internal static WorkflowNondeterminismException Mismatch(string command, HistoryEvent e) =>
        new($"[TMPRL1100] Nondeterminism error: the workflow's next command is {command}, but the history has {e.Describe()}");

    internal static WorkflowNondeterminismException NoCommand(HistoryEvent e) =>
        new($"[TMPRL1100] Nondeterminism error: the workflow has no command, but the history has {e.Describe()}");

    internal static WorkflowNondeterminismException NoEvent(string command, HistoryEvent completed) =>
        new($"[TMPRL1100] Nondeterminism error: the workflow's next command is {command}, but the history has no event for it after {completed.Describe()}");

    internal static WorkflowNondeterminismException Detail(string command, HistoryEvent e, string difference) =>
        new($"[TMPRL1100] Nondeterminism error: the workflow's command {command} does not fit {e.Describe()} of the history: {difference}");
}
