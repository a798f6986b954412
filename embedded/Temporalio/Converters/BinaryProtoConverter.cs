using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>Encoding <c>binary/protobuf</c>: a protobuf message in its binary form.</summary>
public class BinaryProtoConverter : IEncodingConverter
{
    private static readonly ByteString EncodingBytes = ByteString.CopyFromUtf8("binary/protobuf");

    /// <inheritdoc />
    public string Encoding => "binary/protobuf";

    /// <inheritdoc />
    public bool TryToPayload(object? value, out Payload? payload)
    {
        payload = value is IMessage message
            ? ProtobufPayload.Create(message, EncodingBytes, message.ToByteString())
            : null;
        return payload is not null;
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The type is not the message that the payload holds.</exception>
    public object? ToValue(Payload payload, Type type)
    {
        var descriptor = ProtobufPayload.DescriptorFor(payload, type);
        return descriptor.Parser.ParseFrom(payload.Data);
    }
}
