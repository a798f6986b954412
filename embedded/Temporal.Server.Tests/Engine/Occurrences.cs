using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporal.Server.Tests.Engine;

/// <summary>How often something stands in a history.</summary>
internal static class Occurrences
{
    /// <summary>Asserts that events of these types stand there once each.</summary>
    /// <param name="events">The history.</param>
    /// <param name="said">Which one, for the message.</param>
    /// <param name="types">The types.</param>
    public static void AssertOnce(IReadOnlyList<HistoryEvent> events, string said, params EventType[] types)
    {
        foreach (var type in types)
        {
            Assert.True(
                events.Count(e => e.EventType == type) == 1,
                $"{type} once; {said}: {string.Join(' ', events.Select(e => e.EventType))}"
            );
        }
    }
}
