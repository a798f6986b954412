namespace Temporalio.Grpc;

/// <summary>How long a call may wait and what is retried.</summary>
internal enum GrpcCallKind
{
    /// <summary>Answered at once.</summary>
    Ordinary,

    /// <summary>Waits for something to happen; running out of time is the caller's to handle.</summary>
    UserLongPoll,

    /// <summary>A worker's poll, retried for ever.</summary>
    TaskLongPoll,
}
