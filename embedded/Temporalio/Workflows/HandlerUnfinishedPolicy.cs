namespace Temporalio.Workflows;

/// <summary>What to do about a signal or update handler that still runs when its workflow closes.</summary>
public enum HandlerUnfinishedPolicy
{
    /// <summary>Log a warning and abandon the handler.</summary>
    WarnAndAbandon,

    /// <summary>Abandon the handler silently.</summary>
    Abandon,
}
