using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>What the two protobuf encodings share: the message's name in the metadata.</summary>
internal static class ProtobufPayload
{
    private const string MessageType = "messageType";

    internal static Payload Create(IMessage message, ByteString encoding, ByteString data) => new()
    {
        Metadata =
        {
            ["encoding"] = encoding,
            [MessageType] = ByteString.CopyFromUtf8(message.Descriptor.FullName),
        },
        Data = data,
    };

    internal static MessageDescriptor DescriptorFor(Payload payload, Type type)
    {
        var property = typeof(IMessage).IsAssignableFrom(type)
            ? type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)
            : throw new ArgumentException($"The payload is a protobuf message, but {type} is asked for");
        if (property?.GetValue(null) is not MessageDescriptor descriptor)
        {
            throw new ArgumentException($"Protobuf type {type} has no static Descriptor");
        }

        if (!payload.Metadata.TryGetValue(MessageType, out var held))
        {
            throw new ArgumentException("The protobuf payload does not say its message type");
        }

        return held.ToStringUtf8() == descriptor.FullName
            ? descriptor
            : throw new ArgumentException($"The payload is a {held.ToStringUtf8()}, but {descriptor.FullName} is asked for");
    }
}
