using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;

namespace Temporal.Server.History.Queries;

/// <summary>Workers' answers to queries.</summary>
internal static class QueryAnswers
{
    /// <summary>The answer, or an error in place of one that is too large for its caller.</summary>
    public static WorkflowQueryResult WithinLimit(WorkflowQueryResult result, WorkflowLimits limits) =>
        result.CalculateSize() <= limits.BlobBytes
            ? result
            : new WorkflowQueryResult { ResultType = QueryResultType.Failed, ErrorMessage = "Blob data size exceeds limit." };
}
