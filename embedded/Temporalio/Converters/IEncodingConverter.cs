using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>One encoding of values as payloads.</summary>
public interface IEncodingConverter
{
    /// <summary>Name under the payload's <c>encoding</c> metadata.</summary>
    string Encoding { get; }

    /// <summary>Encodes a value if it is of this encoding's kind.</summary>
    bool TryToPayload(object? value, out Payload? payload);

    /// <summary>Decodes a payload of this encoding.</summary>
    object? ToValue(Payload payload, Type type);
}
