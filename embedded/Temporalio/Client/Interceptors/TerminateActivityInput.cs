namespace Temporalio.Client.Interceptors;

/// <summary>Terminates a standalone activity.</summary>
/// <param name="Id">Id of the activity.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Options">Options.</param>
public record TerminateActivityInput(
    string Id,
    string? RunId,
    ActivityTerminateOptions? Options);
