namespace Temporal.Server.Store.Postgres;

/// <summary>
/// The database cannot be used as it is: in use by another server, migrated by a newer one, out of reach, or wrongly named.
/// </summary>
public sealed class StoreSetupException : Exception
{
    /// <summary>Says in one line, without secrets, what a person must know.</summary>
    public StoreSetupException(string message, Exception? cause = null)
        : base(message, cause) { }
}
