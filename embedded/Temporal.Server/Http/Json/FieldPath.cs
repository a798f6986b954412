using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;

namespace Temporal.Server.Http.Json;

/// <summary>Fills single fields of a message, named by a dotted path, from text: what paths and query strings carry.</summary>
internal static class FieldPath
{
    /// <summary>Sets the field; adds to it when it is repeated.</summary>
    /// <returns>False when the message has no such field.</returns>
    /// <exception cref="RpcException">InvalidArgument: the text is not a value of the field.</exception>
    public static bool TrySet(IMessage message, string path, string text)
    {
        var names = path.Split('.');
        for (var depth = 0; depth < names.Length - 1; depth++)
        {
            if (
                FieldNames.Find(message.Descriptor, names[depth]) is not { FieldType: FieldType.Message, IsRepeated: false } parent
                || ProtoTypes.HasOwnJson(parent.MessageType)
            )
            {
                return false;
            }

            if (parent.Accessor.GetValue(message) is not IMessage child)
            {
                child = parent.MessageType.Parser.ParseFrom(ByteString.Empty);
                parent.Accessor.SetValue(message, child);
            }

            message = child;
        }

        if (FieldNames.Find(message.Descriptor, names[^1]) is not { IsMap: false } field)
        {
            return false;
        }

        var value = Parse(field, text, path);
        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            field.Accessor.SetValue(message, value);
        }

        return true;
    }

    private static object Parse(FieldDescriptor field, string text, string path)
    {
        try
        {
            return field.FieldType switch
            {
                FieldType.String => text,
                FieldType.Bool => bool.Parse(text),
                FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.Parse(
                    text,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture
                ),
                FieldType.UInt32 or FieldType.Fixed32 => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
                FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => long.Parse(
                    text,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture
                ),
                FieldType.UInt64 or FieldType.Fixed64 => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
                FieldType.Double => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
                FieldType.Float => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
                FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, EnumNames.NumberOf(field.EnumType, text)),
                FieldType.Bytes => ByteString.FromBase64(Padded(text.Replace('-', '+').Replace('_', '/'))),
                // These are JSON text of their own; no other message fits into a query string.
                FieldType.Message
                    when field.MessageType == Timestamp.Descriptor
                        || field.MessageType == Duration.Descriptor
                        || field.MessageType == FieldMask.Descriptor => JsonParser.Default.Parse(
                    JsonSerializer.Serialize(text),
                    field.MessageType
                ),
                _ => throw new FormatException($"{field.FieldType} does not fit into a query string."),
            };
        }
        catch (Exception error)
            when (error is FormatException or OverflowException or InvalidJsonException or InvalidProtocolBufferException)
        {
            throw RpcException.InvalidArgument($"{path}: \"{text}\" is not a value of this field: {error.Message}");
        }
    }

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');
}
