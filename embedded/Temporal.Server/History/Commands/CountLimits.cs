namespace Temporal.Server.History.Commands;

/// <summary>What is said when a run has too much under way.</summary>
internal static class CountLimits
{
    /// <summary>The message, in the genuine server's words.</summary>
    public static string Reached(string what, int count, int limit) =>
        $"the number of {what}, {count}, has reached the per-workflow limit of {limit}";
}
