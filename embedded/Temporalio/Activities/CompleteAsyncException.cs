namespace Temporalio.Activities;

/// <summary>Thrown by an activity that will be completed later from elsewhere, through an async activity handle.</summary>
public class CompleteAsyncException : Exceptions.TemporalException
{
    /// <summary>Completes later.</summary>
    public CompleteAsyncException()
    {
    }
}
