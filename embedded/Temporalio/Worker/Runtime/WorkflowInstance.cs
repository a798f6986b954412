using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>
/// One workflow run in memory: its object, its scheduler and its pending calls. It takes turns: each activation is
/// applied, the scheduler runs until nothing is left to do, and what the code wants done is handed back.
/// </summary>
internal sealed partial class WorkflowInstance : IDisposable
{
    private readonly WorkflowInstanceDetails details;
    private readonly DataConverter converter;
    private readonly WorkflowDefinitionOptions definitionOptions;
    private readonly ILogger logger;
    private readonly PendingStackTraces stackTraces;
    private readonly Conditions conditions;
    private readonly RunningHandlers runningHandlers = new();
    private readonly Lazy<WorkflowInboundInterceptor> inbound;
    private readonly Lazy<WorkflowOutboundInterceptor> outbound;
    private readonly SignalDispatcher signals;
    private readonly UpdateDispatcher updates;
    private readonly QueryDispatcher queries;
    private readonly PatchMemory patches;
    private readonly CancellationTokenSource cancellation = new();
    private readonly IReadOnlyList<Api.Common.V1.Payload> runPayloads;
    private List<WorkflowIntent> intents = [];
    private object?[]? runArguments;
    private object? instance;
    private bool isInitialized;
    private bool isModernEventLoop;

    internal WorkflowInstance(
        WorkflowInstanceDetails details,
        WorkflowDefinition definition,
        WorkflowInfo info,
        ActivationJob.Initialize start,
        Activation activation)
    {
        this.details = details;
        Definition = definition;
        Info = info;
        converter = details.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(details.Namespace, info.WorkflowId));
        definitionOptions = new()
        {
            FailureExceptionTypes = definition.FailureExceptionTypes,
            VersioningBehavior = definition.VersioningBehavior ?? VersioningBehavior.Unspecified,
        };
        logger = details.LoggerFactory.CreateLogger($"Temporalio.Workflow:{info.WorkflowType}");
        Logger = new ReplaySafeLogger(logger);
        stackTraces = new(details.StackTrace);
        Scheduler = new(this, () => ThrowIfFrozen("wait or schedule workflow work"), !details.DisableTracing);
        conditions = new(this);
        signals = new(this);
        updates = new(this);
        queries = new(this);
        patches = new(this, details.PatchActivation);
        Pending = new();
        runPayloads = start.Started.Input?.Payloads_ ?? [];
        memo = new(() => (start.Started.Memo?.Fields ?? []).ToDictionary(
            field => field.Key, IRawValue (field) => new RawValue(field.Value)));
        typedSearchAttributes = new(() => start.Started.SearchAttributes is { } attributes
            ? SearchAttributeCollection.FromProto(attributes)
            : new());
        metricMeter = new(() => new ReplaySafeMetricMeter(details.Metrics.Value.WithTags(new Dictionary<string, object>
        {
            ["namespace"] = details.Namespace,
            ["task_queue"] = details.TaskQueue,
            ["workflow_type"] = info.WorkflowType,
        })));
        random = new(start.RandomSeed);
        CurrentDeploymentVersion = activation.DeploymentVersion;

        // Interceptors are made when first needed, because by then there is a workflow context.
        var root = new InboundRoot(this);
        inbound = new(
            () =>
            {
                var chain = details.Interceptors.Reverse().Aggregate(
                    (WorkflowInboundInterceptor)root, (next, interceptor) => interceptor.InterceptWorkflow(next));
                chain.Init(new OutboundRoot(this));
                return chain;
            },
            LazyThreadSafetyMode.None);
        outbound = new(
            () =>
            {
                _ = inbound.Value;
                return root.Outbound!;
            },
            LazyThreadSafetyMode.None);
    }

    internal WorkflowDefinition Definition { get; }

    internal WorkflowTaskScheduler Scheduler { get; }

    internal PendingCalls Pending { get; }

    internal WorkflowInboundInterceptor Inbound => inbound.Value;

    internal WorkflowOutboundInterceptor Outbound => outbound.Value;

    internal WorkflowInstanceDetails Details => details;

    internal DataConverter Converter => converter;

    internal ILogger LiveLogger => logger;

    internal RunningHandlers RunningHandlers => runningHandlers;

    internal int IntentCount => intents.Count;

    public void Dispose() => cancellation.Dispose();

    /// <summary>Takes one turn. Never throws: what fails the task is in the result.</summary>
    internal ActivationResult Activate(Activation activation)
    {
        using var scope = logger.BeginScope(Info.LoggerScope);
        intents = [];
        Scheduler.ForgetFailure();
        See(activation);
        var usedFlags = ChooseEventLoop(activation);
        details.OnTaskStarting(this);
        Exception? failure = null;
        var outerContext = SynchronizationContext.Current;
        try
        {
            // Work must not be posted to whatever context the caller has.
            SynchronizationContext.SetSynchronizationContext(null);
            Run(activation);
        }
        catch (Exception e)
        {
            failure = e;
            logger.LogWarning(
                e,
                "Failed activation on workflow {WorkflowType} with ID {WorkflowId} and run ID {RunId}",
                Info.WorkflowType,
                Info.WorkflowId,
                Info.RunId);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outerContext);
        }
        var ordered = WithLegacyOrder(activation, usedFlags);
        var closing = ordered.FirstOrDefault(intent => intent.ClosesWorkflow);
        if (closing is not (null or WorkflowIntent.Fail) && !IsReplaying)
        {
            runningHandlers.WarnOfUnfinished(Info.WorkflowId, logger);
        }
        details.OnTaskCompleted(this, failure);
        return new(
            ordered,
            usedFlags,
            (Api.Enums.V1.VersioningBehavior)definitionOptions.VersioningBehavior,
            failure);
    }

    internal void Add(WorkflowIntent intent)
    {
        ThrowIfFrozen("issue workflow commands");
        intents.Add(intent);
    }

    /// <summary>Runs a function as a task of the workflow and keeps where it was called from, if wanted.</summary>
    internal Task<T> Queue<T>(Func<Task<T>> function) => Scheduler.Queue(stackTraces.Track(Scheduler, function));

    internal Task Queue(Func<Task> function) => Scheduler.Queue(stackTraces.Track(Scheduler, function));

    internal string DescribeStackTraces() => stackTraces.Describe();

    /// <summary>Whether an exception fails the workflow (or update) rather than the workflow task.</summary>
    internal bool FailsWorkflow(Exception e) =>
        e is FailureException or OperationCanceledException ||
        definitionOptions.FailureExceptionTypes?.Any(type => type.IsInstanceOfType(e)) == true ||
        details.FailureExceptionTypes?.Any(type => type.IsInstanceOfType(e)) == true;

    /// <summary>Runs the workflow or a signal handler, whose exceptions decide about the run.</summary>
    internal async Task RunTopLevelAsync(Func<Task> function)
    {
        try
        {
            try
            {
                await function().ConfigureAwait(true);
            }
            catch (ContinueAsNewException e)
            {
                Add(new WorkflowIntent.ContinueAsNew(Continuation.ToAttributes(e.Input, converter.PayloadConverter)));
            }
            catch (Exception e) when (
                cancellation.IsCancellationRequested && TemporalException.IsCanceledException(e))
            {
                // Cancellation is a state, not an event: a request that was swallowed counts for a later cancellation, too.
                logger.LogDebug(e, "Workflow raised cancel with run ID {RunId}", Info.RunId);
                Add(new WorkflowIntent.Cancel());
            }
            catch (Exception e) when (FailsWorkflow(e))
            {
                logger.LogDebug(e, "Workflow raised failure with run ID {RunId}", Info.RunId);
                Add(new WorkflowIntent.Fail(ToFailure(e)));
            }
        }
        catch (Exception e)
        {
            logger.LogDebug(e, "Workflow raised unexpected failure with run ID {RunId}", Info.RunId);
            Scheduler.Fail(e);
        }
    }

    internal Api.Failure.V1.Failure ToFailure(Exception e) =>
        converter.FailureConverter.ToFailure(e, converter.PayloadConverter);

    private void See(Activation activation)
    {
        ContinueAsNewSuggested = activation.ContinueAsNewSuggested;
        CurrentHistoryLength = activation.HistoryLength;
        CurrentHistorySize = checked((int)activation.HistorySize);
        SuggestedContinueAsNewReasons = activation.SuggestedReasons;
        TargetWorkerDeploymentVersionChanged = activation.TargetVersionChanged;
        CurrentDeploymentVersion = activation.DeploymentVersion ?? CurrentDeploymentVersion;
        IsReplaying = activation.IsReplaying;
        UtcNow = activation.Time;
    }

    private List<uint> ChooseEventLoop(Activation activation)
    {
        var useModern = !isInitialized &&
            (!IsReplaying || activation.LangFlags.Contains((uint)WorkflowLogicFlag.ApplyModernEventLoopLogic));
        if (!useModern)
        {
            return [];
        }
        isModernEventLoop = true;
        return [(uint)WorkflowLogicFlag.ApplyModernEventLoopLogic];
    }

    private void Run(Activation activation)
    {
        if (isModernEventLoop)
        {
            foreach (var job in activation.Jobs)
            {
                Apply(job);
            }
            Initialize();
            RunScheduler(activation.Jobs.Any(job => job is not ActivationJob.Query));
            return;
        }

        // Histories from before the flag saw the scheduler run after every job, and initialization after signals.
        foreach (var job in activation.Jobs.OrderBy(LegacyOrder))
        {
            Apply(job);
            if (job is ActivationJob.Initialize)
            {
                Initialize();
            }
            RunScheduler(job is not (ActivationJob.NotifyHasPatch or ActivationJob.Query));
        }
    }

    private static int LegacyOrder(ActivationJob job) => job switch
    {
        ActivationJob.NotifyHasPatch or ActivationJob.UpdateRandomSeed => 1,
        ActivationJob.Signal or ActivationJob.Update => 2,
        ActivationJob.Initialize => 3,
        _ => 4,
    };

    private void RunScheduler(bool checkConditions)
    {
        while (Scheduler.HasTasks)
        {
            Scheduler.RunUntilEmpty();
            if (checkConditions)
            {
                conditions.Check(onlyFirst: isModernEventLoop);
            }
        }
    }

    private void Initialize()
    {
        if (isInitialized)
        {
            return;
        }
        isInitialized = true;
        _ = Queue(() => RunTopLevelAsync(async () =>
        {
            var workflow = Instance;
            var input = new ExecuteWorkflowInput(workflow, Definition.RunMethod, RunArguments());
            runArguments = null;
            var result = await Inbound.ExecuteWorkflowAsync(input).ConfigureAwait(true);
            Add(new WorkflowIntent.Complete(converter.PayloadConverter.ToPayload(result)));
        }));
    }

    private object?[] RunArguments() => runArguments ??= HandlerArguments.Decode(
        converter.PayloadConverter,
        Definition.RunMethod,
        runPayloads,
        $"Workflow {Info.WorkflowType}",
        Definition.Dynamic);

    private void Apply(ActivationJob job)
    {
        switch (job)
        {
            case ActivationJob.Initialize:
                break;
            case ActivationJob.NotifyHasPatch j:
                patches.Notify(j.PatchId);
                break;
            case ActivationJob.UpdateRandomSeed j:
                random = new(j.Seed);
                break;
            case ActivationJob.Signal j:
                signals.Deliver(j.Attributes);
                break;
            case ActivationJob.Update j:
                updates.Deliver(j);
                break;
            case ActivationJob.Query j:
                queries.Deliver(j);
                break;
            case ActivationJob.Cancel:
                cancellation.Cancel();
                break;
            default:
                Pending.Resolve(job);
                break;
        }
    }

    /// <summary>An earlier version moved the closing command to the end by itself, and said so by a flag.</summary>
    private List<WorkflowIntent> WithLegacyOrder(Activation activation, List<uint> usedFlags)
    {
        var last = intents.FindLastIndex(intent => intent.ClosesWorkflow);
        if (last < 0 || last == intents.Count - 1 || !IsReplaying ||
            !activation.LangFlags.Contains((uint)WorkflowLogicFlag.ReorderWorkflowCompletion))
        {
            return intents;
        }
        usedFlags.Add((uint)WorkflowLogicFlag.ReorderWorkflowCompletion);
        var closing = intents[last];
        intents.RemoveAt(last);
        intents.Add(closing);
        return intents;
    }
}
