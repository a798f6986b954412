namespace Temporal.Server.Rpc;

/// <summary>gRPC's status codes, numbers as on the wire.</summary>
public enum StatusCode
{
    /// <summary>No error.</summary>
    Ok = 0,
    /// <summary>The caller gave up.</summary>
    Cancelled = 1,
    /// <summary>An error of unknown kind.</summary>
    Unknown = 2,
    /// <summary>The request itself is wrong, whatever the state.</summary>
    InvalidArgument = 3,
    /// <summary>The caller's deadline passed.</summary>
    DeadlineExceeded = 4,
    /// <summary>The thing asked for is not there.</summary>
    NotFound = 5,
    /// <summary>The thing to create is there already.</summary>
    AlreadyExists = 6,
    /// <summary>The caller may not.</summary>
    PermissionDenied = 7,
    /// <summary>A limit is reached.</summary>
    ResourceExhausted = 8,
    /// <summary>The state does not allow it now.</summary>
    FailedPrecondition = 9,
    /// <summary>A concurrent change won.</summary>
    Aborted = 10,
    /// <summary>Beyond the end.</summary>
    OutOfRange = 11,
    /// <summary>The method is not served here.</summary>
    Unimplemented = 12,
    /// <summary>A fault of the server.</summary>
    Internal = 13,
    /// <summary>Not now; try again.</summary>
    Unavailable = 14,
    /// <summary>Data is gone or broken.</summary>
    DataLoss = 15,
    /// <summary>Who are you?</summary>
    Unauthenticated = 16,
}
