using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store;

/// <summary>Which run a workflow id means when no run id is given: the latest one, open or closed.</summary>
/// <param name="RunId">The latest run.</param>
/// <param name="FirstRunId">The first run of its chain (continue-as-new, retry, cron).</param>
/// <param name="StartRequestId">The request id that started it, for idempotent starts.</param>
/// <param name="Status">Its status now.</param>
public sealed record CurrentRun(string RunId, string FirstRunId, string StartRequestId, WorkflowExecutionStatus Status);

/// <summary>Points a workflow id at a new run, in the same commit that creates the run.</summary>
/// <param name="NamespaceId">The namespace's id.</param>
/// <param name="WorkflowId">The workflow id.</param>
/// <param name="RunId">The run that becomes the current one.</param>
/// <param name="ExpectedRunId">The run that must be the current one until now; null when there must be none.</param>
public sealed record CurrentRunWrite(string NamespaceId, string WorkflowId, string RunId, string? ExpectedRunId);
