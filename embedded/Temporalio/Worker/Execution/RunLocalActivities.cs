using System.Threading.Channels;
using Temporalio.Worker.Machines;

namespace Temporalio.Worker.Execution;

/// <summary>Runs local activities, retries included.</summary>
internal interface ILocalActivityRunner
{
    /// <summary>Runs one until it has an outcome. Never throws; cancellation is an outcome.</summary>
    Task<LocalActivityResult> RunAsync(
        LocalActivityMachine machine, LocalActivityWorkflow workflow, CancellationToken cancellationToken);
}

/// <summary>The run that a local activity belongs to.</summary>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowType">Workflow type name.</param>
/// <param name="RunId">Run id.</param>
internal sealed record LocalActivityWorkflow(string WorkflowId, string WorkflowType, string RunId);

/// <summary>The local activities of one run: started after the turn that wants them, their outcomes taken one by one.</summary>
internal sealed class RunLocalActivities(ILocalActivityRunner? runner) : LocalActivityMachine.ILocalActivities
{
    private readonly List<LocalActivityMachine> queued = [];
    private readonly Dictionary<LocalActivityMachine, CancellationTokenSource> running = [];

    // Bounded by the number of running activities, each of which writes once.
    private readonly Channel<Ended> ended = Channel.CreateUnbounded<Ended>();

    internal LocalActivityWorkflow Workflow { get; set; } = new(string.Empty, string.Empty, string.Empty);

    internal int Outstanding => queued.Count + running.Count;

    public void Run(LocalActivityMachine activity) => queued.Add(activity);

    public bool RequestCancel(LocalActivityMachine activity)
    {
        if (queued.Remove(activity))
        {
            return true;
        }
        if (running.TryGetValue(activity, out var cancellation))
        {
            cancellation.Cancel();
        }
        return false;
    }

    public void Forget(LocalActivityMachine activity)
    {
        queued.Remove(activity);
        running.Remove(activity);
    }

    internal void StartQueued()
    {
        if (runner == null)
        {
            queued.Clear();
            return;
        }
        foreach (var activity in queued)
        {
            var cancellation = new CancellationTokenSource();
            running[activity] = cancellation;
            _ = RunAsync(runner, activity, cancellation.Token);
        }
        queued.Clear();
    }

    /// <summary>The next outcome, or null if there is none by the given time.</summary>
    internal async Task<Ended?> NextAsync(DateTime until, CancellationToken cancellationToken)
    {
        var left = until - DateTime.UtcNow;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        while (true)
        {
            try
            {
                var next = await ended.Reader.ReadAsync(limit.Token).ConfigureAwait(false);
                if (running.Remove(next.Machine))
                {
                    return next;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    internal void CancelAll()
    {
        queued.Clear();
        foreach (var cancellation in running.Values)
        {
            cancellation.Cancel();
        }
        running.Clear();
    }

    private async Task RunAsync(
        ILocalActivityRunner runs, LocalActivityMachine activity, CancellationToken cancellationToken)
    {
        var result = await runs.RunAsync(activity, Workflow, cancellationToken).ConfigureAwait(false);
        ended.Writer.TryWrite(new(activity, result));
    }

    internal sealed record Ended(LocalActivityMachine Machine, LocalActivityResult Result);
}
