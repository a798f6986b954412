namespace TemporalDelivery.Database.Messaging;

/// <summary>A message that its reader cannot deal with, however often it tries; the message says why. Others are not concerned.</summary>
public sealed class PoisonMessageException(string message, Exception? cause = null) : Exception(message, cause);
