namespace Temporalio.Client.Interceptors;

/// <summary>Lists standalone activities.</summary>
/// <param name="Query">The query.</param>
/// <param name="Options">Options.</param>
public record ListActivitiesInput(
    string Query,
    ActivityListOptions? Options);
