using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Transforms payloads between converter and wire: compression, encryption, storage elsewhere. It runs outside of workflows.</summary>
public interface IPayloadCodec
{
    /// <summary>Payloads for the wire.</summary>
    Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads);

    /// <summary>Payloads as they were before <see cref="EncodeAsync" />.</summary>
    Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads);
}
