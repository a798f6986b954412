namespace Temporal.Server.CommandLine;

/// <summary>The command line is wrong; the message says what and where.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
