namespace Temporalio.Exceptions;

/// <summary>A standalone activity with that id is already running or may not be reused.</summary>
public class ActivityAlreadyStartedException : FailureException
{
    /// <summary>Names the activity that exists.</summary>
    public ActivityAlreadyStartedException(string message, string activityId, string activityType, string? runId)
        : base(message)
    {
        ActivityId = activityId;
        ActivityType = activityType;
        RunId = runId;
    }

    /// <summary>Id that is taken.</summary>
    public string ActivityId { get; private init; }

    /// <summary>Type that was asked for.</summary>
    public string ActivityType { get; private init; }

    /// <summary>Run that holds the id, when the server said.</summary>
    public string? RunId { get; private init; }
}
