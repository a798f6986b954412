namespace Temporalio.Exceptions;

/// <summary>Base of every exception that this library raises itself.</summary>
public abstract class TemporalException : Exception
{
    /// <summary>An exception without a message.</summary>
    protected TemporalException()
    {
    }

    /// <summary>An exception with a message.</summary>
    protected TemporalException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and a cause.</summary>
    protected TemporalException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Whether the exception means cancellation: .NET's own, Temporal's, or an activity, child or Nexus failure caused by Temporal's.</summary>
    public static bool IsCanceledException(Exception e) => e switch
    {
        OperationCanceledException or CanceledFailureException => true,
        ActivityFailureException or ChildWorkflowFailureException or NexusOperationFailureException =>
            e.InnerException is CanceledFailureException,
        _ => false,
    };
}
