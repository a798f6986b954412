namespace TemporalDelivery.Simulators.CommandLine;

/// <summary>Something the person who started the process has to put right; the message is all they see.</summary>
sealed class ConfigurationFault(string message) : Exception(message);
