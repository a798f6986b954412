namespace Temporal.Server.Store;

/// <summary>A commit's condition did not hold: somebody else wrote the run or the workflow id first. Nothing was written.</summary>
public sealed class StoreConflictException : Exception
{
    /// <summary>Says what was expected and what was found.</summary>
    public StoreConflictException(string message)
        : base(message) { }
}
