namespace Temporalio.Client.Interceptors;

/// <summary>Lists a page of standalone activities.</summary>
/// <param name="Query">The query.</param>
/// <param name="NextPageToken">Of the page before; null for the first.</param>
/// <param name="Options">Options.</param>
public record ListActivitiesPaginatedInput(
    string Query,
    byte[]? NextPageToken,
    ActivityListPaginatedOptions? Options);
