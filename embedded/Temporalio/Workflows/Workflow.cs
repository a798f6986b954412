using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Runtime;

namespace Temporalio.Workflows;

/// <summary>
/// Everything a workflow may do, for use inside workflow code only. Every member throws
/// <see cref="InvalidOperationException" /> outside of it.
/// </summary>
public static partial class Workflow
{
    /// <summary>Gets a value indicating whether no signal or update handler is running.</summary>
    public static bool AllHandlersFinished => Context.AllHandlersFinished;

    /// <summary>Gets the token that is canceled when the workflow is asked to cancel.</summary>
    public static CancellationToken CancellationToken => Context.CancellationToken;

    /// <summary>Gets a value indicating whether the server suggests to continue as new. Changes between tasks.</summary>
    public static bool ContinueAsNewSuggested => Context.ContinueAsNewSuggested;

    /// <summary>Gets the build id of the worker that completed (or completes) the current task.</summary>
    public static string CurrentBuildId => Context.CurrentBuildId;

    /// <summary>Gets the deployment version of the worker that completed (or completes) the current task.</summary>
    public static WorkerDeploymentVersion? CurrentDeploymentVersion => Context.CurrentDeploymentVersion;

    /// <summary>Gets or sets Markdown that describes the current state, shown in user interfaces.</summary>
    public static string CurrentDetails
    {
        get => Context.CurrentDetails;
        set => Context.CurrentDetails = value;
    }

    /// <summary>Gets the number of events in the history up to the current task.</summary>
    public static int CurrentHistoryLength => Context.CurrentHistoryLength;

    /// <summary>Gets the size of the history up to the current task, in bytes.</summary>
    public static int CurrentHistorySize => Context.CurrentHistorySize;

    /// <summary>Gets why the server suggests to continue as new.</summary>
    public static IReadOnlyCollection<SuggestContinueAsNewReason> SuggestedContinueAsNewReasons =>
        Context.SuggestedContinueAsNewReasons;

    /// <summary>Gets a value indicating whether the run's target deployment version has changed.</summary>
    public static bool TargetWorkerDeploymentVersionChanged => Context.TargetWorkerDeploymentVersionChanged;

    /// <summary>Gets the update whose handler calls this, or null elsewhere.</summary>
    public static WorkflowUpdateInfo? CurrentUpdateInfo => Context.CurrentUpdateInfo;

    /// <summary>Gets or sets the handler of queries that have no other.</summary>
    public static WorkflowQueryDefinition? DynamicQuery
    {
        get => Context.DynamicQuery;
        set => Context.DynamicQuery = value;
    }

    /// <summary>Gets or sets the handler of signals that have no other. Setting it delivers the buffered ones.</summary>
    public static WorkflowSignalDefinition? DynamicSignal
    {
        get => Context.DynamicSignal;
        set => Context.DynamicSignal = value;
    }

    /// <summary>Gets or sets the handler of updates that have no other.</summary>
    public static WorkflowUpdateDefinition? DynamicUpdate
    {
        get => Context.DynamicUpdate;
        set => Context.DynamicUpdate = value;
    }

    /// <summary>Gets what is known from the workflow's start.</summary>
    public static WorkflowInfo Info => Context.Info;

    /// <summary>Gets the workflow object.</summary>
    public static object Instance => Context.Instance;

    /// <summary>Gets a value indicating whether the caller is workflow code.</summary>
    public static bool InWorkflow => TaskScheduler.Current is WorkflowTaskScheduler;

    /// <summary>Gets the workflow's logger; silent while history is replayed.</summary>
    public static ILogger Logger => Context.Logger;

    /// <summary>Gets the memo, upserts included.</summary>
    public static IReadOnlyDictionary<string, IRawValue> Memo => Context.Memo;

    /// <summary>Gets the metric meter; silent while history is replayed.</summary>
    public static MetricMeter MetricMeter => Context.MetricMeter;

    /// <summary>Gets the payload converter of this workflow.</summary>
    public static IPayloadConverter PayloadConverter => Context.PayloadConverter;

    /// <summary>Gets the query handlers; may be changed.</summary>
    public static IDictionary<string, WorkflowQueryDefinition> Queries => Context.Queries;

    /// <summary>Gets the random numbers of this run, the same on replay.</summary>
    public static DeterministicRandom Random => Context.Random;

    /// <summary>Gets the search attributes, upserts included.</summary>
    public static SearchAttributeCollection TypedSearchAttributes => Context.TypedSearchAttributes;

    /// <summary>Gets the signal handlers; may be changed. Adding one delivers the signals buffered for it.</summary>
    public static IDictionary<string, WorkflowSignalDefinition> Signals => Context.Signals;

    /// <summary>Gets the update handlers; may be changed.</summary>
    public static IDictionary<string, WorkflowUpdateDefinition> Updates => Context.Updates;

    /// <summary>Gets the current time in UTC: when the current task started, the same on replay.</summary>
    public static DateTime UtcNow => Context.UtcNow;

    // Conditions run outside of the scheduler (a task there would schedule more), yet must be able to use this class.
    internal static AsyncLocal<IWorkflowContext?> OverrideContext { get; } = new();

    private static IWorkflowContext Context =>
        (TaskScheduler.Current as WorkflowTaskScheduler)?.Context ??
        OverrideContext.Value ??
        throw new InvalidOperationException("Not in workflow");

    /// <summary>Makes a random id, the same on replay.</summary>
    /// <returns>An id that looks like a version 4 UUID.</returns>
    public static Guid NewGuid()
    {
        var bytes = new byte[16];
        Random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes);
    }

    /// <summary>
    /// Tells new code from old: true in runs that reached this call for the first time with the code that has it, false
    /// when replaying runs that passed here before.
    /// </summary>
    /// <param name="patchId">Id of the change.</param>
    /// <returns>Whether to take the new path.</returns>
    public static bool Patched(string patchId) => Context.Patch(patchId, deprecated: false);

    /// <summary>Says that no run from before the change is left, so that only the new path remains.</summary>
    /// <param name="patchId">Id of the change.</param>
    public static void DeprecatePatch(string patchId) => Context.Patch(patchId, deprecated: true);

    /// <summary>Changes the memo.</summary>
    /// <param name="updates">Changes; each key at most once, at least one.</param>
    /// <exception cref="ArgumentException">No update, a key twice, or a value that cannot be converted.</exception>
    public static void UpsertMemo(params MemoUpdate[] updates) => Context.UpsertMemo(updates);

    /// <summary>Changes the search attributes.</summary>
    /// <param name="updates">Changes, at least one.</param>
    /// <exception cref="ArgumentException">No update.</exception>
    public static void UpsertTypedSearchAttributes(params SearchAttributeUpdate[] updates) =>
        Context.UpsertTypedSearchAttributes(updates);

    /// <summary>What only infrastructure needs; workflow logic must not depend on it.</summary>
    public static class Unsafe
    {
        /// <summary>Gets a value indicating whether history is replayed, or a query is answered.</summary>
        public static bool IsReplaying => Context.IsReplaying;

        /// <summary>Gets a value indicating whether history is replayed, and no query or validator runs.</summary>
        public static bool IsReplayingHistoryEvents => Context.IsReplayingHistoryEvents;

        /// <summary>Runs a function in which tasks on other schedulers are not reported.</summary>
        /// <typeparam name="T">Result type.</typeparam>
        /// <param name="fn">Function; must not block, await or issue commands.</param>
        /// <returns>Its result.</returns>
        /// <exception cref="InvalidOperationException">The function issued workflow commands.</exception>
        public static T WithTracingEventListenerDisabled<T>(Func<T> fn) =>
            Context.WithTracingEventListenerDisabled(fn);

        /// <summary>Runs an action in which tasks on other schedulers are not reported.</summary>
        /// <param name="fn">Action; must not block, await or issue commands.</param>
        /// <exception cref="InvalidOperationException">The action issued workflow commands.</exception>
        public static void WithTracingEventListenerDisabled(Action fn) =>
            WithTracingEventListenerDisabled<ValueTuple>(() =>
            {
                fn();
                return default;
            });
    }
}
