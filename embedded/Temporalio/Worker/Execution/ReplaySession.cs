using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Runtime;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Execution;

/// <summary>Replays histories with the same workflow types.</summary>
internal sealed class ReplaySession : IDisposable
{
    internal static readonly TimeSpan DefaultDeadlockTimeout = TimeSpan.FromSeconds(2);

    private readonly WorkflowRunDetails details;
    private readonly IDisposable? tracing;

    internal ReplaySession(WorkflowReplayerOptions options)
    {
        var runtime = options.Runtime ?? TemporalRuntime.Default;
        details = new(
            new WorkflowInstanceDetails(
                options.Namespace,
                options.TaskQueue,
                TransferTypePayloadConverter.Around(options.DataConverter),
                options.Interceptors ?? [],
                options.LoggerFactory,
                options.DisableWorkflowTracingEventListener,
                WorkflowStackTrace.None,
                options.WorkflowFailureExceptionTypes,
                DisableEagerActivities: false,
                PatchActivation: null,
                AssertLocalActivity: _ => { },
                new(() => runtime.MetricMeter),
                options.OnTaskStarting,
                options.OnTaskCompleted),
            new(options.Workflows, null),
            LocalActivities: null,
            DeploymentVersion: null,
            options.DebugMode ? Timeout.InfiniteTimeSpan : DefaultDeadlockTimeout,
            CanRecordFlags: () => true);
        tracing = options.DisableWorkflowTracingEventListener ? null : WorkflowTracing.Use();
    }

    public void Dispose() => tracing?.Dispose();

    internal async Task<WorkflowReplayResult> ReplayAsync(
        WorkflowHistory history, bool throwOnFailure, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await ReplayAsync(history, cancellationToken).ConfigureAwait(false);
            return new(history, null);
        }
        catch (InvalidWorkflowOperationException e) when (!throwOnFailure)
        {
            return new(history, e);
        }
    }

    private async Task ReplayAsync(WorkflowHistory history, CancellationToken cancellationToken)
    {
        var started = history.Events.FirstOrDefault()?.WorkflowExecutionStartedEventAttributes ??
            throw new InvalidWorkflowOperationException($"The history of {history.Id} does not begin with the workflow's start");
        using var run = new WorkflowRun(
            details, history.Id, started.WorkflowType.Name, started.OriginalExecutionRunId);
        var work = new WorkflowRunWork(
            history.Id,
            started.WorkflowType.Name,
            [.. history.Events],
            PreviousStartedId: long.MaxValue,
            Messages: [],
            Queries: [],
            HeartbeatAt: DateTime.MaxValue);
        try
        {
            await run.HandleAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (WorkflowTurnException e) when (e.Cause is WorkflowNondeterminismException cause)
        {
            throw cause;
        }
        catch (WorkflowTurnException e)
        {
            throw new InvalidWorkflowOperationException($"Workflow task failure: {e.Cause}");
        }
    }
}
