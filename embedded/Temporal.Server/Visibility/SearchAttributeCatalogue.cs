using System.Collections.Frozen;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Visibility;

/// <summary>The search attributes that exist: the system's, the predefined ones, and a namespace's own.</summary>
public static class SearchAttributeCatalogue
{
    /// <summary>Hides the server's own workflows (schedules, batches) from lists that do not name it.</summary>
    public const string NamespaceDivision = "TemporalNamespaceDivision";

    /// <summary>What the server itself knows of every run. Nobody can set these.</summary>
    public static IReadOnlyDictionary<string, IndexedValueType> System { get; } =
        new Dictionary<string, IndexedValueType>(StringComparer.Ordinal)
        {
            ["WorkflowId"] = IndexedValueType.Keyword,
            ["RunId"] = IndexedValueType.Keyword,
            ["WorkflowType"] = IndexedValueType.Keyword,
            ["StartTime"] = IndexedValueType.Datetime,
            ["ExecutionTime"] = IndexedValueType.Datetime,
            ["CloseTime"] = IndexedValueType.Datetime,
            ["ExecutionStatus"] = IndexedValueType.Keyword,
            ["TaskQueue"] = IndexedValueType.Keyword,
            ["HistoryLength"] = IndexedValueType.Int,
            ["ExecutionDuration"] = IndexedValueType.Int,
            ["StateTransitionCount"] = IndexedValueType.Int,
            ["HistorySizeBytes"] = IndexedValueType.Int,
            ["ParentWorkflowId"] = IndexedValueType.Keyword,
            ["ParentRunId"] = IndexedValueType.Keyword,
            ["RootWorkflowId"] = IndexedValueType.Keyword,
            ["RootRunId"] = IndexedValueType.Keyword,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Attributes that every namespace has, set by SDKs and by the server's own components.</summary>
    public static IReadOnlyDictionary<string, IndexedValueType> Predefined { get; } =
        new Dictionary<string, IndexedValueType>(StringComparer.Ordinal)
        {
            ["TemporalChangeVersion"] = IndexedValueType.KeywordList,
            ["BinaryChecksums"] = IndexedValueType.KeywordList,
            ["BuildIds"] = IndexedValueType.KeywordList,
            ["BatcherNamespace"] = IndexedValueType.Keyword,
            ["BatcherUser"] = IndexedValueType.Keyword,
            ["TemporalScheduledStartTime"] = IndexedValueType.Datetime,
            ["TemporalScheduledById"] = IndexedValueType.Keyword,
            ["TemporalSchedulePaused"] = IndexedValueType.Bool,
            [NamespaceDivision] = IndexedValueType.Keyword,
            ["TemporalPauseInfo"] = IndexedValueType.KeywordList,
            ["TemporalReportedProblems"] = IndexedValueType.KeywordList,
            ["TemporalWorkerDeploymentVersion"] = IndexedValueType.Keyword,
            ["TemporalWorkflowVersioningBehavior"] = IndexedValueType.Keyword,
            ["TemporalWorkerDeployment"] = IndexedValueType.Keyword,
            ["TemporalUsedWorkerDeploymentVersions"] = IndexedValueType.KeywordList,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static SearchAttributeColumn? Find(string name, IReadOnlyDictionary<string, IndexedValueType> custom) =>
        System.TryGetValue(name, out var type) ? new SearchAttributeColumn(name, type, IsSystem: true)
        : Predefined.TryGetValue(name, out type) || custom.TryGetValue(name, out type)
            ? new SearchAttributeColumn(name, type, IsSystem: false)
        : null;
}
