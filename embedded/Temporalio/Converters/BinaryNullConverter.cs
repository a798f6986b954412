using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Encoding <c>binary/null</c>: null, without data.</summary>
public class BinaryNullConverter : IEncodingConverter
{
    private static readonly ByteString EncodingBytes = ByteString.CopyFromUtf8("binary/null");

    /// <inheritdoc />
    public string Encoding => "binary/null";

    /// <inheritdoc />
    public bool TryToPayload(object? value, out Payload? payload)
    {
        payload = value is null ? new() { Metadata = { ["encoding"] = EncodingBytes } } : null;
        return payload is not null;
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">There are data, or the type cannot be null.</exception>
    public object? ToValue(Payload payload, Type type)
    {
        if (payload.Data.Length > 0)
        {
            throw new ArgumentException($"A binary/null payload has {payload.Data.Length} bytes of data; it must have none");
        }

        return type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? throw new ArgumentException($"The payload is null, but {type} cannot be")
            : null;
    }
}
