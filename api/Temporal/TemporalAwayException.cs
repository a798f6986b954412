namespace TemporalDelivery.Api.Temporal;

/// <summary>Temporal, or the worker behind it, does not answer. Whether a message that was sent takes effect is not known.</summary>
public sealed class TemporalAwayException(string message, Exception cause) : Exception(message, cause);
