namespace Temporal.Server.Store.Postgres;

/// <summary>What the store says to operators.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(1, LogLevel.Information, "Applied migration {Name}")]
    public static partial void Migrated(ILogger logger, string name);

    [LoggerMessage(2, LogLevel.Warning, "The database is still owned by {Owner}; waiting up to {Seconds} s for it to let go")]
    public static partial void WaitingForOwner(ILogger logger, string owner, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "The database is out of reach: {Problem}; trying again")]
    public static partial void OutOfReach(ILogger logger, string problem);

    [LoggerMessage(4, LogLevel.Warning, "The database is back; {Commits} pending commits settled")]
    public static partial void Back(ILogger logger, int commits);

    [LoggerMessage(5, LogLevel.Critical, "Another server has taken over the database; this one commits nothing any more")]
    public static partial void OwnershipLost(ILogger logger);

    [LoggerMessage(6, LogLevel.Warning, "The connection that keeps the database for this server broke: {Problem}; taking it back")]
    public static partial void LockBroke(ILogger logger, string problem);

    [LoggerMessage(7, LogLevel.Error, "PostgreSQL refuses a commit")]
    public static partial void Refused(ILogger logger, Exception problem);

    [LoggerMessage(8, LogLevel.Critical, "The store stops writing")]
    public static partial void CommitterFailed(ILogger logger, Exception problem);
}
