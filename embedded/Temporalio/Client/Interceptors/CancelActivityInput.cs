namespace Temporalio.Client.Interceptors;

/// <summary>Asks a standalone activity to cancel.</summary>
/// <param name="Id">Id of the activity.</param>
/// <param name="RunId">Run; null for the latest.</param>
/// <param name="Options">Options.</param>
public record CancelActivityInput(
    string Id,
    string? RunId,
    ActivityCancelOptions? Options);
