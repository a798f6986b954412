using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runtime;

/// <summary>What the workflow instances of one worker have in common.</summary>
/// <param name="Namespace">Namespace.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="DataConverter">Converter without a context.</param>
/// <param name="Interceptors">Interceptors, the outermost first.</param>
/// <param name="LoggerFactory">Loggers.</param>
/// <param name="DisableTracing">Whether tasks on other schedulers go unreported.</param>
/// <param name="StackTrace">Whether stack traces are kept.</param>
/// <param name="FailureExceptionTypes">Exceptions that fail any workflow.</param>
/// <param name="DisableEagerActivities">Whether activities are never asked for eagerly.</param>
/// <param name="PatchActivation">Decides about new patches.</param>
/// <param name="AssertLocalActivity">Throws if there is no such local activity.</param>
/// <param name="Metrics">Meter.</param>
/// <param name="OnTaskStarting">Told before each turn.</param>
/// <param name="OnTaskCompleted">Told after each turn, with its failure.</param>
internal sealed record WorkflowInstanceDetails(
    string Namespace,
    string TaskQueue,
    DataConverter DataConverter,
    IReadOnlyCollection<IWorkerInterceptor> Interceptors,
    ILoggerFactory LoggerFactory,
    bool DisableTracing,
    WorkflowStackTrace StackTrace,
    IReadOnlyCollection<Type>? FailureExceptionTypes,
    bool DisableEagerActivities,
    Func<PatchActivationInput, bool>? PatchActivation,
    Action<string> AssertLocalActivity,
    Lazy<MetricMeter> Metrics,
    Action<WorkflowInstance> OnTaskStarting,
    Action<WorkflowInstance, Exception?> OnTaskCompleted);
