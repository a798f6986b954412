namespace Temporalio.Exceptions;

/// <summary>A standalone activity ended without a result; the inner exception says why.</summary>
public class ActivityFailedException : TemporalException
{
    /// <summary>Wraps the reason.</summary>
    public ActivityFailedException(Exception? inner)
        : base("Activity failed", inner)
    {
    }
}
