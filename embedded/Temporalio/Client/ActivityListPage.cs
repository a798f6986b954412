namespace Temporalio.Client;

/// <summary>A page of a list of standalone activities.</summary>
/// <param name="Activities">The activities.</param>
/// <param name="NextPageToken">Asks for the next page; null after the last.</param>
public record ActivityListPage(IReadOnlyCollection<ActivityExecution> Activities, byte[]? NextPageToken);
