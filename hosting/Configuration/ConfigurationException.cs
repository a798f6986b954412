namespace TemporalDelivery.Hosting.Configuration;

/// <summary>
/// Something that the person who starts the process has to put right; the message, which is all that they see, says what and where.
/// </summary>
public sealed class ConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
