namespace Temporal.Server.Grpc;

/// <summary>The outcome of a call, numbered as the gRPC specification numbers them.</summary>
public enum GrpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The caller gave the call up.</summary>
    Cancelled = 1,

    /// <summary>An error that fits nothing else.</summary>
    Unknown = 2,

    /// <summary>The request is wrong, whatever the state of the server.</summary>
    InvalidArgument = 3,

    /// <summary>The caller's time was over before there was an answer.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the request names does not exist.</summary>
    NotFound = 5,

    /// <summary>What the request would create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit or a quota is reached, or a message is too large.</summary>
    ResourceExhausted = 8,

    /// <summary>The request is right, but not in the state that things are in.</summary>
    FailedPrecondition = 9,

    /// <summary>The call lost against a concurrent one; the caller may try the whole operation again.</summary>
    Aborted = 10,

    /// <summary>A position beyond the end was asked for.</summary>
    OutOfRange = 11,

    /// <summary>The server does not have this method or this feature.</summary>
    Unimplemented = 12,

    /// <summary>The server is at fault.</summary>
    Internal = 13,

    /// <summary>The server cannot answer just now; clients retry.</summary>
    Unavailable = 14,

    /// <summary>Stored data is lost or damaged.</summary>
    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
