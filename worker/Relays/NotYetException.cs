namespace TemporalDelivery.Worker.Relays;

/// <summary>An event cannot be handed on yet: something else has to happen first.</summary>
internal sealed class NotYetException(string reason) : Exception(reason);
