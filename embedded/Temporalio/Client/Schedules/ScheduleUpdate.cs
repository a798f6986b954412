using Temporalio.Common;

namespace Temporalio.Client.Schedules;

/// <summary>What a schedule shall be.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="TypedSearchAttributes">All the values to find it by; null to leave them, empty to remove them.</param>
public record ScheduleUpdate(Schedule Schedule, SearchAttributeCollection? TypedSearchAttributes = null);
