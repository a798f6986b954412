namespace Temporalio.Client.Interceptors;

/// <summary>Counts standalone activities.</summary>
/// <param name="Query">The query.</param>
/// <param name="Options">Options.</param>
public record CountActivitiesInput(
    string Query,
    ActivityCountOptions? Options);
