using Temporalio.Common;

namespace Temporalio.Worker;

/// <summary>What came of one replay.</summary>
/// <param name="History">The history.</param>
/// <param name="ReplayFailure">Why the workflow code does not fit it, or null. A workflow that fails is no failure here.</param>
public record WorkflowReplayResult(
    WorkflowHistory History,
    Exception? ReplayFailure);
