namespace Temporal.Server.Store;

/// <summary>Names one run of one workflow. The run id alone is unique; the rest says where it belongs.</summary>
/// <param name="NamespaceId">The namespace's id (not its name), a UUID as text.</param>
/// <param name="WorkflowId">The workflow id as its starter chose it.</param>
/// <param name="RunId">The run's UUID as text, lower case.</param>
public readonly record struct RunKey(string NamespaceId, string WorkflowId, string RunId);
