using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.State;

/// <summary>A start request that found the run running and was attached to it.</summary>
/// <param name="EventId">The event that says so; 0 while that is buffered.</param>
/// <param name="Time">When.</param>
/// <param name="Callbacks">What it wants to be called at the end.</param>
internal sealed record AttachedRequest(long EventId, DateTimeOffset Time, IReadOnlyList<Callback> Callbacks);
