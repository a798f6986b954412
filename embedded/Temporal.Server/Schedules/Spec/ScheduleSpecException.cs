namespace Temporal.Server.Schedules.Spec;

/// <summary>A schedule's spec cannot be used; the message says what is wrong with it.</summary>
internal sealed class ScheduleSpecException(string message) : Exception(message);
