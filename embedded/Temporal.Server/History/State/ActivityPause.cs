namespace Temporal.Server.History.State;

/// <summary>Who has paused an activity.</summary>
/// <param name="Time">Since when.</param>
/// <param name="Identity">Who.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="RequestId">Makes the pause idempotent.</param>
internal sealed record ActivityPause(DateTimeOffset Time, string Identity, string Reason, string RequestId);
