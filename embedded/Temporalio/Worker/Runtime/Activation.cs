using Temporalio.Common;

namespace Temporalio.Worker.Runtime;

/// <summary>One turn of a workflow: what it is told at once, and the world as it sees it meanwhile.</summary>
/// <param name="Time">The workflow's time, in UTC.</param>
/// <param name="IsReplaying">Whether this turn has been taken before.</param>
/// <param name="HistoryLength">Events so far.</param>
/// <param name="HistorySize">Their size in bytes.</param>
/// <param name="ContinueAsNewSuggested">Whether the server suggests to continue as new.</param>
/// <param name="SuggestedReasons">Why it does.</param>
/// <param name="TargetVersionChanged">Whether the run's target deployment version has changed.</param>
/// <param name="DeploymentVersion">Version of the worker that takes or took this turn.</param>
/// <param name="LangFlags">Flags of the workflow runtime that the history was recorded with.</param>
/// <param name="Jobs">What the workflow is told, in order.</param>
internal sealed record Activation(
    DateTime Time,
    bool IsReplaying,
    int HistoryLength,
    long HistorySize,
    bool ContinueAsNewSuggested,
    IReadOnlyCollection<Workflows.SuggestContinueAsNewReason> SuggestedReasons,
    bool TargetVersionChanged,
    WorkerDeploymentVersion? DeploymentVersion,
    IReadOnlySet<uint> LangFlags,
    IReadOnlyList<ActivationJob> Jobs);

/// <summary>What a workflow did in one turn.</summary>
/// <param name="Intents">What it wants done, in order.</param>
/// <param name="UsedLangFlags">Flags of the workflow runtime that it depended on.</param>
/// <param name="VersioningBehavior">How the run moves between versions.</param>
/// <param name="Failure">What fails the task, if anything.</param>
internal sealed record ActivationResult(
    IReadOnlyList<WorkflowIntent> Intents,
    IReadOnlyCollection<uint> UsedLangFlags,
    Api.Enums.V1.VersioningBehavior VersioningBehavior,
    Exception? Failure);
