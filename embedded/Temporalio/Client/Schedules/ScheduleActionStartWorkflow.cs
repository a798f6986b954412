using System.Linq.Expressions;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Client.Schedules;

/// <summary>Starts a workflow. <c>Create</c> makes one of a call of its run method.</summary>
/// <param name="Workflow">Type of the workflow.</param>
/// <param name="Args">Arguments; as received from the server, each is an <see cref="IEncodedRawValue" />.</param>
/// <param name="Options">
/// Options; id and task queue are required. Each run's id is the id with the time appended. Policies for the id, cron, a start signal and
/// options of the call cannot be set.
/// </param>
/// <param name="Headers">Headers of each workflow.</param>
public record ScheduleActionStartWorkflow(
    string Workflow,
    IReadOnlyCollection<object?> Args,
    WorkflowOptions Options,
    IReadOnlyDictionary<string, IEncodedRawValue>? Headers = null) : ScheduleAction
{
    /// <summary>Starts a workflow that has a result.</summary>
    /// <param name="workflowRunCall">A call of its run method.</param>
    /// <param name="options">Options; id and task queue are required.</param>
    public static ScheduleActionStartWorkflow Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return Create(WorkflowDefinition.NameFromRunMethodForCall(method), args, options);
    }

    /// <summary>Starts a workflow that has no result.</summary>
    /// <param name="workflowRunCall">A call of its run method.</param>
    /// <param name="options">Options; id and task queue are required.</param>
    public static ScheduleActionStartWorkflow Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = ExpressionUtil.ExtractCall(workflowRunCall);
        return Create(WorkflowDefinition.NameFromRunMethodForCall(method), args, options);
    }

    /// <summary>Starts a workflow by name.</summary>
    public static ScheduleActionStartWorkflow Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) => new(workflow, args, options);

    internal static async Task<ScheduleActionStartWorkflow> FromProtoAsync(
        NewWorkflowExecutionInfo proto, string clientNamespace, DataConverter converter)
    {
        converter = converter.WithSerializationContext(new ISerializationContext.Workflow(clientNamespace, proto.WorkflowId));
        var (summary, details) = await converter.FromUserMetadataAsync(proto.UserMetadata).ConfigureAwait(false);
        var options = new WorkflowOptions(proto.WorkflowId, proto.TaskQueue?.Name ?? string.Empty)
        {
            ExecutionTimeout = proto.WorkflowExecutionTimeout?.ToTimeSpan(),
            RunTimeout = proto.WorkflowRunTimeout?.ToTimeSpan(),
            TaskTimeout = proto.WorkflowTaskTimeout?.ToTimeSpan(),
            RetryPolicy = proto.RetryPolicy is { } policy ? Common.RetryPolicy.FromProto(policy) : null,
            Memo = (proto.Memo?.Fields ?? []).ToDictionary(
                each => each.Key, object (each) => new EncodedRawValue(converter, each.Value)),
            TypedSearchAttributes = proto.SearchAttributes is { } attributes
                ? SearchAttributeCollection.FromProto(attributes)
                : SearchAttributeCollection.Empty,
            StaticSummary = summary,
            StaticDetails = details,
        };
        return new(
            proto.WorkflowType.Name,
            [.. (proto.Input?.Payloads_ ?? []).Select(each => new EncodedRawValue(converter, each))],
            options,
            proto.Header?.Fields.ToDictionary(
                each => each.Key, IEncodedRawValue (each) => new EncodedRawValue(converter, each.Value)));
    }

    internal override async Task<Api.Schedule.V1.ScheduleAction> ToProtoAsync(string clientNamespace, DataConverter converter)
    {
        RefuseWhatCannotBeScheduled();
        converter = converter.WithSerializationContext(new ISerializationContext.Workflow(
            clientNamespace, Options.Id ?? throw new ArgumentException("ID required on workflow action")));
        var start = new NewWorkflowExecutionInfo
        {
            WorkflowId = Options.Id,
            WorkflowType = new() { Name = Workflow },
            TaskQueue = new() { Name = Options.TaskQueue ?? throw new ArgumentException("Task queue required on workflow action") },
            WorkflowExecutionTimeout = ToProto(Options.ExecutionTimeout),
            WorkflowRunTimeout = ToProto(Options.RunTimeout),
            WorkflowTaskTimeout = ToProto(Options.TaskTimeout),
            RetryPolicy = Options.RetryPolicy?.ToProto(),
            SearchAttributes = Options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            UserMetadata = await converter.ToUserMetadataAsync(Options.StaticSummary, Options.StaticDetails).ConfigureAwait(false),
        };
        await EncodeValuesAsync(start, converter).ConfigureAwait(false);
        return new() { StartWorkflow = start };
    }

    private static Duration? ToProto(TimeSpan? duration) => duration is { } given ? Duration.FromTimeSpan(given) : null;

    // An update may mix values that came from the server, which are encoded already, with new ones.
    private static Task<Payload> EncodeAsync(DataConverter converter, object? value) =>
        value is IEncodedRawValue raw ? Task.FromResult(raw.Payload) : converter.ToPayloadAsync(value);

    private async Task EncodeValuesAsync(NewWorkflowExecutionInfo start, DataConverter converter)
    {
        if (Args.Count > 0)
        {
            start.Input = new() { Payloads_ = { await Task.WhenAll(Args.Select(each => EncodeAsync(converter, each))).ConfigureAwait(false) } };
        }

        if (Options.Memo is { Count: > 0 } memo)
        {
            start.Memo = new();
            foreach (var (key, value) in memo)
            {
                start.Memo.Fields[key] = await EncodeAsync(
                    converter, value ?? throw new ArgumentException($"Memo value for {key} is null")).ConfigureAwait(false);
            }
        }

        if (Headers is not null)
        {
            start.Header = new();
            foreach (var (key, value) in Headers)
            {
                start.Header.Fields[key] = value.Payload;
            }
        }
    }

    private void RefuseWhatCannotBeScheduled()
    {
        if (Options.IdReusePolicy != WorkflowIdReusePolicy.AllowDuplicate)
        {
            throw new ArgumentException("ID reuse policy cannot change from default for scheduled workflow");
        }

        if (Options.IdConflictPolicy != WorkflowIdConflictPolicy.Unspecified)
        {
            throw new ArgumentException("ID conflict policy cannot change from default for scheduled workflow");
        }

        if (Options.CronSchedule is not null)
        {
            throw new ArgumentException("Cron schedule cannot be set on scheduled workflow");
        }

        if (Options.StartSignal is not null || Options.StartSignalArgs is not null)
        {
            throw new ArgumentException("Start signal and/or start signal args cannot be set on scheduled workflow");
        }

        if (Options.Rpc is not null)
        {
            throw new ArgumentException("RPC options cannot be set on scheduled workflow");
        }
    }
}
