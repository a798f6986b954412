using Temporalio.Api.Failure.V1;

namespace Temporalio.Converters;

/// <summary>Turns exceptions into failures and back. It runs in workflows too, so it must be deterministic and do no I/O.</summary>
public interface IFailureConverter
{
    /// <summary>The failure that stands for an exception.</summary>
    Failure ToFailure(Exception exception, IPayloadConverter payloadConverter);

    /// <summary>The exception that stands for a failure. May complete the failure from its encoded attributes.</summary>
    Exception ToException(Failure failure, IPayloadConverter payloadConverter);
}
