namespace Temporalio.Worker;

/// <summary>Changes how workers and replayers are set up and run.</summary>
public interface ITemporalWorkerPlugin
{
    /// <summary>Gets the plugin's name.</summary>
    string Name { get; }

    /// <summary>Changes a worker's options before it is made.</summary>
    /// <param name="options">Options.</param>
    void ConfigureWorker(TemporalWorkerOptions options);

    /// <summary>Wraps the running of a worker.</summary>
    /// <typeparam name="TResult">Result type.</typeparam>
    /// <param name="worker">Worker.</param>
    /// <param name="continuation">What to call to run it.</param>
    /// <param name="stoppingToken">Stops the worker.</param>
    /// <returns>The result.</returns>
    Task<TResult> RunWorkerAsync<TResult>(
        TemporalWorker worker,
        Func<TemporalWorker, CancellationToken, Task<TResult>> continuation,
        CancellationToken stoppingToken);

    /// <summary>Changes a replayer's options before it is made.</summary>
    /// <param name="options">Options.</param>
    void ConfigureReplayer(WorkflowReplayerOptions options);

    /// <summary>Wraps a replay.</summary>
    /// <param name="replayer">Replayer.</param>
    /// <param name="continuation">What to call to replay.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>The results.</returns>
    Task<IEnumerable<WorkflowReplayResult>> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, CancellationToken, Task<IEnumerable<WorkflowReplayResult>>> continuation,
        CancellationToken cancellationToken);

    /// <summary>Wraps a replay whose results are streamed.</summary>
    /// <param name="replayer">Replayer.</param>
    /// <param name="continuation">What to call to replay.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>The results.</returns>
    IAsyncEnumerable<WorkflowReplayResult> ReplayWorkflowsAsync(
        WorkflowReplayer replayer,
        Func<WorkflowReplayer, IAsyncEnumerable<WorkflowReplayResult>> continuation,
        CancellationToken cancellationToken);
}
