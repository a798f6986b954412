namespace Temporal.Server.History;

/// <summary>Ids that the server makes up.</summary>
internal static class RunIds
{
    /// <summary>A new UUID as text; ordered by time, which keeps indexes small.</summary>
    public static string New() => Guid.CreateVersion7().ToString();
}
