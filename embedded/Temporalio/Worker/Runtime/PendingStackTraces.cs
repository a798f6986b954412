using System.Diagnostics;

namespace Temporalio.Worker.Runtime;

/// <summary>Where the workflow is waiting, for the <c>__stack_trace</c> query; costs a trace for each wait.</summary>
internal sealed class PendingStackTraces(WorkflowStackTrace mode)
{
    private static readonly string[] RuntimePrefixes =
        ["System.Reflection.", "System.Runtime.", "System.RuntimeMethodHandle.", "System.Threading.", "Temporalio.Worker."];

    private readonly LinkedList<StackTrace> traces = new();

    private bool IsEnabled => mode != WorkflowStackTrace.None;

    internal Func<Task<T>> Track<T>(TaskScheduler scheduler, Func<Task<T>> function)
    {
        if (!IsEnabled)
        {
            return function;
        }
        var node = traces.AddLast(new StackTrace(mode == WorkflowStackTrace.Normal));
        return () => function().ContinueWith(
            ended =>
            {
                traces.Remove(node);
                return ended;
            },
            scheduler).Unwrap();
    }

    internal Func<Task> Track(TaskScheduler scheduler, Func<Task> function)
    {
        if (!IsEnabled)
        {
            return function;
        }
        var node = traces.AddLast(new StackTrace(mode == WorkflowStackTrace.Normal));
        return () => function().ContinueWith(
            ended =>
            {
                traces.Remove(node);
                return ended;
            },
            scheduler).Unwrap();
    }

    /// <exception cref="InvalidOperationException">Not enabled on this worker.</exception>
    internal string Describe()
    {
        if (!IsEnabled)
        {
            throw new InvalidOperationException("Workflow stack traces are not enabled on this worker");
        }
        return string.Join(
            "\n\n", traces.Select(Describe).Where(trace => trace.Length > 0).Select(trace => $"Task waiting at:\n{trace}"));
    }

    private static string Describe(StackTrace trace)
    {
        var lines = trace.ToString().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var user = lines.SkipWhile(line => line.Contains(" at Temporalio.Worker.", StringComparison.Ordinal))
            .Reverse()
            .SkipWhile(line => RuntimePrefixes.Any(prefix => line.Contains($" at {prefix}", StringComparison.Ordinal)))
            .Reverse();
        return string.Join("\n", user);
    }
}
