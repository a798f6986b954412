namespace Temporal.Server.Batches;

/// <summary>Limits of batch operations.</summary>
internal static class BatchLimits
{
    /// <summary>Operations that may run at one time in a namespace.</summary>
    public const int Running = 10;

    /// <summary>Executions that a request may name.</summary>
    public const int NamedExecutions = 1000;

    /// <summary>Executions worked on between two writes of the record.</summary>
    public const int PageSize = 100;

    /// <summary>Executions worked on at one time.</summary>
    public const int Concurrent = 8;

    /// <summary>Tries with one execution, when what went wrong may pass.</summary>
    public const int Tries = 5;

    /// <summary>Executions a second unless the request says less.</summary>
    public const double PerSecond = 1000;
}
