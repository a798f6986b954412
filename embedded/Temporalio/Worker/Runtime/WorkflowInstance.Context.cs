using Microsoft.Extensions.Logging;
using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>What workflow code sees and calls through <see cref="Workflow" />.</summary>
internal sealed partial class WorkflowInstance : IWorkflowContext
{
    private readonly Lazy<Dictionary<string, IRawValue>> memo;
    private readonly Lazy<SearchAttributeCollection> typedSearchAttributes;
    private readonly Lazy<MetricMeter> metricMeter;
    private DeterministicRandom random;
    private string currentDetails = string.Empty;
    private bool optionsAsked;
    private bool isReadOnly;
    private bool isFrozen;

    public bool AllHandlersFinished => runningHandlers.Count == 0;

    public CancellationToken CancellationToken => cancellation.Token;

    public bool ContinueAsNewSuggested { get; private set; }

    public string CurrentBuildId => CurrentDeploymentVersion?.BuildId ?? string.Empty;

    public IReadOnlyCollection<SuggestContinueAsNewReason> SuggestedContinueAsNewReasons { get; private set; } = [];

    public bool TargetWorkerDeploymentVersionChanged { get; private set; }

    public WorkerDeploymentVersion? CurrentDeploymentVersion { get; private set; }

    public string CurrentDetails
    {
        get => currentDetails;
        set
        {
            AssertNotReadOnly("set current details");
            currentDetails = value;
        }
    }

    public int CurrentHistoryLength { get; private set; }

    public int CurrentHistorySize { get; private set; }

    public WorkflowUpdateInfo? CurrentUpdateInfo => UpdateDispatcher.Current;

    public WorkflowQueryDefinition? DynamicQuery
    {
        get => queries.Dynamic;
        set => queries.Dynamic = value;
    }

    public WorkflowSignalDefinition? DynamicSignal
    {
        get => signals.Dynamic;
        set => signals.Dynamic = value;
    }

    public WorkflowUpdateDefinition? DynamicUpdate
    {
        get => updates.Dynamic;
        set => updates.Dynamic = value;
    }

    public WorkflowInfo Info { get; }

    public object Instance
    {
        get
        {
            // Made when first needed, because the constructor may use the workflow context.
            instance ??= Definition.CreateWorkflowInstance(RunArguments());
            AskForOptions(instance);
            return instance;
        }
    }

    public bool IsReplaying { get; private set; }

    public bool IsReplayingHistoryEvents => IsReplaying && !isReadOnly;

    public ILogger Logger { get; }

    public IReadOnlyDictionary<string, IRawValue> Memo => memo.Value;

    public MetricMeter MetricMeter => metricMeter.Value;

    public IPayloadConverter PayloadConverter => converter.PayloadConverter;

    public IDictionary<string, WorkflowQueryDefinition> Queries => queries.Handlers;

    public DeterministicRandom Random
    {
        get
        {
            ThrowIfFrozen("use workflow randomness");
            return random;
        }
    }

    public IDictionary<string, WorkflowSignalDefinition> Signals => signals.Handlers;

    public SearchAttributeCollection TypedSearchAttributes => typedSearchAttributes.Value;

    public IDictionary<string, WorkflowUpdateDefinition> Updates => updates.Handlers;

    public DateTime UtcNow { get; private set; }

    public void AssertNotReadOnly(string operation)
    {
        if (isFrozen || isReadOnly)
        {
            throw new InvalidOperationException($"Cannot {operation} in this context");
        }
    }

    public ContinueAsNewException CreateContinueAsNewException(
        string workflow, IReadOnlyCollection<object?> args, ContinueAsNewOptions? options)
    {
        ThrowIfFrozen("continue as new");
        return Outbound.CreateContinueAsNewException(new(workflow, args, options, Headers: null));
    }

    public Task DelayWithOptionsAsync(DelayOptions options)
    {
        ThrowIfFrozen("wait or schedule workflow work");
        return Outbound.DelayAsync(new(options));
    }

    public Task<TResult> ExecuteActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, ActivityOptions options)
    {
        ThrowIfFrozen("wait or schedule workflow work");
        return Outbound.ScheduleActivityAsync<TResult>(new(activity, args, options, Headers: null));
    }

    public Task<TResult> ExecuteLocalActivityAsync<TResult>(
        string activity, IReadOnlyCollection<object?> args, LocalActivityOptions options)
    {
        ThrowIfFrozen("wait or schedule workflow work");
        return Outbound.ScheduleLocalActivityAsync<TResult>(new(activity, args, options, Headers: null));
    }

    public ExternalWorkflowHandle<TWorkflow> GetExternalWorkflowHandle<TWorkflow>(string id, string? runId) =>
        new ExternalHandle<TWorkflow>(this, id, runId);

    public bool Patch(string patchId, bool deprecated) => patches.Ask(patchId, deprecated);

    public Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(
        string workflow, IReadOnlyCollection<object?> args, ChildWorkflowOptions options)
    {
        ThrowIfFrozen("wait or schedule workflow work");
        return Outbound.StartChildWorkflowAsync<TWorkflow, TResult>(new(workflow, args, options, Headers: null));
    }

    public void UpsertMemo(IReadOnlyCollection<MemoUpdate> updates)
    {
        ThrowIfFrozen("issue workflow commands");
        if (updates.Count == 0)
        {
            throw new ArgumentException("At least one update required", nameof(updates));
        }
        var upserted = new Memo();
        foreach (var update in updates)
        {
            if (upserted.Fields.ContainsKey(update.UntypedKey))
            {
                throw new ArgumentException($"Multiple updates seen for key {update.UntypedKey}", nameof(updates));
            }
            upserted.Fields[update.UntypedKey] = ToMemoPayload(update);
        }
        foreach (var update in updates)
        {
            if (update.HasValue)
            {
                memo.Value[update.UntypedKey] = new RawValue(upserted.Fields[update.UntypedKey].Clone());
            }
            else
            {
                memo.Value.Remove(update.UntypedKey);
            }
        }
        Add(new WorkflowIntent.UpsertMemo(upserted));
    }

    public void UpsertTypedSearchAttributes(IReadOnlyCollection<SearchAttributeUpdate> updates)
    {
        ThrowIfFrozen("issue workflow commands");
        if (updates.Count == 0)
        {
            throw new ArgumentException("At least one update required", nameof(updates));
        }
        TypedSearchAttributes.ApplyUpdates(updates);
        var attributes = new SearchAttributes();
        foreach (var update in updates)
        {
            attributes.IndexedFields.Add(update.UntypedKey.Name, update.ToUpsertPayload());
        }
        Add(new WorkflowIntent.UpsertSearchAttributes(attributes));
    }

    public Task<bool> WaitConditionWithOptionsAsync(WaitConditionOptions options)
    {
        AssertNotReadOnly("wait or schedule workflow work");
        var condition = conditions.Add(options.ConditionCheck);
        var source = condition.Value.Source;
        var token = options.CancellationToken ?? CancellationToken;
        return Queue(async () =>
        {
            try
            {
                using var registration = token.Register(() => source.TrySetCanceled(token));
                if (options.Timeout is not { } timeout)
                {
                    await source.Task.ConfigureAwait(true);
                    return true;
                }
                using var timer = new CancellationTokenSource();
                var delay = DelayWithOptionsAsync(new(timeout, options.TimeoutSummary, timer.Token));
                if (await Task.WhenAny(source.Task, delay).ConfigureAwait(true) != source.Task)
                {
                    return false;
                }
                try
                {
                    await source.Task.ConfigureAwait(true);
                    return true;
                }
                finally
                {
                    timer.Cancel();
                }
            }
            finally
            {
                conditions.Remove(condition);
            }
        });
    }

    public T WithTracingEventListenerDisabled<T>(Func<T> fn)
    {
        var wasTraced = Scheduler.IsTraced;
        Scheduler.IsTraced = false;
        try
        {
            var before = IntentCount;
            var result = fn();
            return IntentCount == before
                ? result
                : throw new InvalidOperationException(
                    "Function during tracing event listener disabling created workflow commands");
        }
        finally
        {
            Scheduler.IsTraced = wasTraced;
        }
    }

    /// <summary>Runs a query or validator, which may read and change nothing.</summary>
    internal T ReadOnly<T>(Func<T> function)
    {
        isReadOnly = true;
        try
        {
            return function();
        }
        finally
        {
            isReadOnly = false;
        }
    }

    /// <summary>Runs a callback that may not even wait or draw random numbers.</summary>
    internal T Frozen<T>(Func<T> function)
    {
        var wasFrozen = isFrozen;
        isFrozen = true;
        try
        {
            return function();
        }
        finally
        {
            isFrozen = wasFrozen;
        }
    }

    internal void ThrowIfFrozen(string operation)
    {
        if (isFrozen)
        {
            throw new InvalidOperationException($"Cannot {operation} in this context");
        }
    }

    private Payload ToMemoPayload(MemoUpdate update)
    {
        try
        {
            return converter.PayloadConverter.ToPayload(update.HasValue ? update.UntypedValue : null);
        }
        catch (Exception e)
        {
            throw new ArgumentException($"Failed converting memo key {update.UntypedKey}", nameof(update), e);
        }
    }

    private void AskForOptions(object workflow)
    {
        if (optionsAsked || Definition.DynamicOptionsGetter is not { } getter)
        {
            return;
        }
        optionsAsked = true;
        var options = getter(workflow);
        definitionOptions.FailureExceptionTypes = options.FailureExceptionTypes ?? definitionOptions.FailureExceptionTypes;
        if (options.VersioningBehavior != VersioningBehavior.Unspecified)
        {
            definitionOptions.VersioningBehavior = options.VersioningBehavior;
        }
    }
}
