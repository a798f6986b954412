using Temporalio.Api.Command.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker.Machines;
using Temporalio.Worker.Runtime;

namespace Temporalio.Worker.Execution;

/// <summary>
/// One cached run: carries its workflow from event to event and from turn to turn, runs its local activities, and says
/// what to answer to the server. One task at a time.
/// </summary>
internal sealed class WorkflowRun : IDisposable
{
    private readonly WorkflowRunDetails details;
    private readonly HistoryDriver driver;
    private readonly RunLocalActivities localActivities;
    private readonly PayloadCoding coding;
    private readonly string runId;
    private WorkflowInstance? instance;

    internal WorkflowRun(WorkflowRunDetails details, string workflowId, string workflowType, string runId)
    {
        this.details = details;
        this.runId = runId;
        localActivities = new(details.LocalActivities);
        driver = new(runId, details.Instance.TaskQueue, localActivities, details.DeploymentVersion, details.CanRecordFlags());
        var instances = details.Instance;
        coding = new(instances.DataConverter.PayloadCodec is { } codec
            ? new(codec, instances.Namespace, workflowId, workflowType, instances.TaskQueue)
            : null);
    }

    /// <summary>Gets the last event that this run has seen.</summary>
    internal long LastEventId => driver.LastEventId;

    internal long LastStartedId => driver.LastStartedId;

    internal PayloadCoding Coding => coding;

    /// <summary>Gets the activation that did not come back in time, if any.</summary>
    internal Task? Deadlock { get; private set; }

    /// <summary>Takes a task up to the point where the server has to be answered.</summary>
    /// <exception cref="WorkflowNondeterminismException">Code and history differ.</exception>
    /// <exception cref="WorkflowTurnException">Workflow code fails the task.</exception>
    internal async Task<WorkflowRunAnswer> HandleAsync(WorkflowRunWork work, CancellationToken cancellationToken)
    {
        driver.AddWork(work.Events, work.PreviousStartedId, work.Messages);
        localActivities.Workflow = new(work.WorkflowId, work.WorkflowType, runId);
        var behavior = Api.Enums.V1.VersioningBehavior.Unspecified;
        var answers = new List<WorkflowIntent.AnswerQuery>();
        var queriesLeft = work.Queries.Count > 0;
        var needsMoreTime = false;
        while (true)
        {
            behavior = await CatchUpAsync(behavior).ConfigureAwait(false);
            if (queriesLeft)
            {
                queriesLeft = false;
                answers.AddRange(await AnswerAsync(work.Queries).ConfigureAwait(false));
            }
            if (driver.HasClosed)
            {
                localActivities.CancelAll();
                break;
            }
            if (localActivities.Outstanding == 0)
            {
                break;
            }
            if (await localActivities.NextAsync(work.HeartbeatAt, cancellationToken).ConfigureAwait(false) is not { } ended)
            {
                needsMoreTime = true;
                break;
            }
            ended.Machine.OnResult(ended.Result);
        }
        return new(
            [.. driver.Commands],
            driver.TakeMessages(),
            driver.TakeFlags(),
            answers,
            behavior,
            needsMoreTime,
            driver.HasClosed);
    }

    /// <summary>Gets when the run started, in UTC.</summary>
    internal DateTime StartedAt { get; init; } = DateTime.UtcNow;

    internal void ResetTo(long startedId) => driver.ResetTo(startedId);

    public void Dispose()
    {
        localActivities.CancelAll();
        instance?.Dispose();
    }

    private async Task<Api.Enums.V1.VersioningBehavior> CatchUpAsync(Api.Enums.V1.VersioningBehavior behavior)
    {
        while (true)
        {
            driver.Advance();
            if (!driver.HasJobs)
            {
                return behavior;
            }
            var result = await TurnAsync(driver.TakeActivation()).ConfigureAwait(false);
            behavior = result.VersioningBehavior;
            driver.Flags.UseLang(result.UsedLangFlags);
            driver.Apply(await coding.EncodeAsync(result.Intents).ConfigureAwait(false));
            localActivities.StartQueued();
        }
    }

    private async Task<IEnumerable<WorkflowIntent.AnswerQuery>> AnswerAsync(IReadOnlyList<ActivationJob.Query> queries)
    {
        var result = await TurnAsync(driver.MakeQueryActivation(queries)).ConfigureAwait(false);
        var intents = await coding.EncodeAsync(result.Intents).ConfigureAwait(false);
        return intents.OfType<WorkflowIntent.AnswerQuery>();
    }

    private async Task<ActivationResult> TurnAsync(Activation activation)
    {
        var decoded = await coding.DecodeAsync(activation).ConfigureAwait(false);
        if (instance == null)
        {
            var start = decoded.Jobs.OfType<ActivationJob.Initialize>().FirstOrDefault() ??
                throw new InvalidWorkflowOperationException($"The history of run {runId} does not begin with its start");
            instance = details.Types.Create(details.Instance, runId, start, decoded);
        }
        var result = await WatchedAsync(instance, decoded).ConfigureAwait(false);
        return result.Failure == null ? result : throw new WorkflowTurnException(result.Failure);
    }

    private async Task<ActivationResult> WatchedAsync(WorkflowInstance workflow, Activation activation)
    {
        // The clock starts when a thread takes the turn: a busy machine is no deadlock.
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var turn = Task.Factory.StartNew(
            () =>
            {
                begun.SetResult();
                return workflow.Activate(activation);
            },
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
        await begun.Task.ConfigureAwait(false);
        try
        {
            return await turn.WaitAsync(details.DeadlockTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Deadlock = turn;
            throw new WorkflowTurnException(new InvalidOperationException(
                $"[TMPRL1101] Workflow with run ID {runId} deadlocked after {details.DeadlockTimeout}"));
        }
    }
}

/// <summary>What the runs of one worker have in common.</summary>
/// <param name="Instance">For their instances.</param>
/// <param name="Types">Workflow types.</param>
/// <param name="LocalActivities">Runs local activities; null for none, as in a replay.</param>
/// <param name="DeploymentVersion">Version of the worker.</param>
/// <param name="DeadlockTimeout">Longest turn.</param>
/// <param name="CanRecordFlags">Whether the server keeps the flags of histories.</param>
internal sealed record WorkflowRunDetails(
    WorkflowInstanceDetails Instance,
    WorkflowTypes Types,
    ILocalActivityRunner? LocalActivities,
    WorkerDeploymentVersion? DeploymentVersion,
    TimeSpan DeadlockTimeout,
    Func<bool> CanRecordFlags);

/// <summary>A workflow task, or only queries, for one run.</summary>
/// <param name="WorkflowId">Workflow id.</param>
/// <param name="WorkflowType">Workflow type name.</param>
/// <param name="Events">New events, or all.</param>
/// <param name="PreviousStartedId">Start of the last completed task.</param>
/// <param name="Messages">Protocol messages.</param>
/// <param name="Queries">Queries.</param>
/// <param name="HeartbeatAt">When the server must be told that local activities still run, in UTC.</param>
internal sealed record WorkflowRunWork(
    string WorkflowId,
    string WorkflowType,
    IReadOnlyList<HistoryEvent> Events,
    long PreviousStartedId,
    IReadOnlyList<Message> Messages,
    IReadOnlyList<ActivationJob.Query> Queries,
    DateTime HeartbeatAt);

/// <summary>What to answer to the server.</summary>
/// <param name="Commands">Commands.</param>
/// <param name="Messages">Protocol messages.</param>
/// <param name="Metadata">Flags.</param>
/// <param name="Answers">Answers to queries.</param>
/// <param name="VersioningBehavior">How the run moves between versions.</param>
/// <param name="NeedsMoreTime">Whether local activities still run, so that a new task is needed at once.</param>
/// <param name="IsClosed">Whether the workflow has closed.</param>
internal sealed record WorkflowRunAnswer(
    IReadOnlyList<Command> Commands,
    IReadOnlyList<Message> Messages,
    WorkflowTaskCompletedMetadata Metadata,
    IReadOnlyList<WorkflowIntent.AnswerQuery> Answers,
    Api.Enums.V1.VersioningBehavior VersioningBehavior,
    bool NeedsMoreTime,
    bool IsClosed);

/// <summary>Workflow code has failed its task.</summary>
internal sealed class WorkflowTurnException(Exception cause) : Exception(cause.Message, cause)
{
    internal Exception Cause => InnerException!;
}
