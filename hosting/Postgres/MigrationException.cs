namespace TemporalDelivery.Hosting.Postgres;

/// <summary>The migrations at hand do not fit the database; the message says which and what to do. Retrying does not help.</summary>
public sealed class MigrationException(string message, Exception? cause = null) : Exception(message, cause);
