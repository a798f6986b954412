using Temporal.Server.Store;

namespace Temporal.Server.History.Activities;

/// <summary>
/// Standalone activities have ids beside those of workflows, and so a space of their own: the namespace's id, a UUID of version 4, as one of
/// version 8, which no namespace has. Nothing that is asked about workflows ever meets an activity.
/// </summary>
internal static class ActivitySpace
{
    private const int VersionDigit = 14;
    private const char Namespaces = '4';
    private const char Activities = '8';

    /// <summary>The namespace's record with the id under which its standalone activities are kept.</summary>
    public static NamespaceRecord Of(NamespaceRecord space) => space with { Id = WithVersion(space.Id, Namespaces, Activities) };

    /// <summary>The id of the namespace that a run belongs to, be it a workflow's or an activity's.</summary>
    /// <param name="id">The id under which the run is kept.</param>
    public static string NamespaceOf(string id) => WithVersion(id, Activities, Namespaces);

    private static string WithVersion(string id, char from, char to) => id.Length > VersionDigit && id[VersionDigit] == from
        ? $"{id.AsSpan(0, VersionDigit)}{to}{id.AsSpan(VersionDigit + 1)}"
        : id;
}
