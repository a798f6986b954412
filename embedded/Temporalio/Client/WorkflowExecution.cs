using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>A workflow run as lists show it.</summary>
public class WorkflowExecution
{
    private readonly Lazy<IReadOnlyDictionary<string, IEncodedRawValue>> memo;
    private readonly Lazy<SearchAttributeCollection> searchAttributes;

    /// <summary>From the wire.</summary>
    /// <param name="rawInfo">What was received.</param>
    /// <param name="dataConverter">Converts the memo.</param>
    /// <param name="clientNamespaceForDataConverterWithContext">Namespace, where the converter has no context yet.</param>
    protected internal WorkflowExecution(
        WorkflowExecutionInfo rawInfo, DataConverter dataConverter, string? clientNamespaceForDataConverterWithContext)
    {
        RawInfo = rawInfo;
        memo = new(() =>
        {
            var converter = clientNamespaceForDataConverterWithContext is { } ns
                ? dataConverter.WithSerializationContext(new ISerializationContext.Workflow(ns, rawInfo.Execution.WorkflowId))
                : dataConverter;
            return (rawInfo.Memo?.Fields ?? []).ToDictionary(
                each => each.Key, IEncodedRawValue (each) => new EncodedRawValue(converter, each.Value));
        });
        searchAttributes = new(() => rawInfo.SearchAttributes is { } received
            ? SearchAttributeCollection.FromProto(received)
            : SearchAttributeCollection.Empty);
    }

    /// <summary>When it closed; null while it runs.</summary>
    public DateTime? CloseTime => RawInfo.CloseTime?.ToDateTime();

    /// <summary>When its first task was to begin, after any delay.</summary>
    public DateTime? ExecutionTime => RawInfo.ExecutionTime?.ToDateTime();

    /// <summary>Number of events.</summary>
    public int HistoryLength => (int)RawInfo.HistoryLength;

    /// <summary>Workflow id.</summary>
    public string Id => RawInfo.Execution.WorkflowId;

    /// <summary>Values to show with it.</summary>
    public IReadOnlyDictionary<string, IEncodedRawValue> Memo => memo.Value;

    /// <summary>Workflow id of the parent, if any.</summary>
    public string? ParentId => RawInfo.ParentExecution?.WorkflowId;

    /// <summary>Run id of the parent, if any.</summary>
    public string? ParentRunId => RawInfo.ParentExecution?.RunId;

    /// <summary>Run id.</summary>
    public string RunId => RawInfo.Execution.RunId;

    /// <summary>When it started.</summary>
    public DateTime StartTime => RawInfo.StartTime.ToDateTime();

    /// <summary>Status.</summary>
    public WorkflowExecutionStatus Status => RawInfo.Status;

    /// <summary>Task queue.</summary>
    public string TaskQueue => RawInfo.TaskQueue;

    /// <summary>Values to find it by.</summary>
    public SearchAttributeCollection TypedSearchAttributes => searchAttributes.Value;

    /// <summary>Type.</summary>
    public string WorkflowType => RawInfo.Type.Name;

    internal WorkflowExecutionInfo RawInfo { get; private init; }
}
