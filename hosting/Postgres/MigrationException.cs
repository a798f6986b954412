namespace TemporalDelivery.Hosting.Postgres;

/// <summary>The migrations at hand do not fit the database; the message says which and what to do. Retrying does not help.</summary>
public sealed class MigrationException : Exception
{
    /// <inheritdoc/>
    public MigrationException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public MigrationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
