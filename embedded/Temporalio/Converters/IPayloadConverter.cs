using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Turns values into payloads and back. It runs in workflows too, so it must be deterministic and do no I/O.</summary>
public interface IPayloadConverter
{
    /// <summary>Encodes a value.</summary>
    /// <exception cref="ArgumentException">There is no encoding for it.</exception>
    Payload ToPayload(object? value);

    /// <summary>Decodes a payload.</summary>
    /// <exception cref="ArgumentException">The encoding is unknown or does not fit the type.</exception>
    object? ToValue(Payload payload, Type type);
}
