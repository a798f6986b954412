using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.Http.Json;

/// <summary>Writes messages as proto3 JSON: lowerCamel names, unset fields omitted, 64-bit integers as strings, enums by name.</summary>
internal static class ResponseJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(ProtoTypes.All));
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Pretty = new(Compact) { WriteIndented = true };

    /// <summary>The message's JSON text.</summary>
    public static string Write(IMessage message, JsonStyle style)
    {
        var text = Formatter.Format(message);
        if (style == JsonStyle.Plain)
        {
            return text;
        }

        var json = JsonNode.Parse(text)!;
        if (style.HasFlag(JsonStyle.ShortPayloads))
        {
            Shorten(json.AsObject(), message.Descriptor);
        }

        return json.ToJsonString(style.HasFlag(JsonStyle.Pretty) ? Pretty : Compact);
    }

    private static void Shorten(JsonObject message, MessageDescriptor type)
    {
        foreach (var (name, value) in message.ToList())
        {
            if (value is null || FieldNames.Find(type, name) is not { FieldType: FieldType.Message } field)
            {
                continue;
            }

            if (field.IsMap)
            {
                var valueField = field.MessageType.FindFieldByNumber(2);
                foreach (var (key, entry) in value.AsObject().ToList())
                {
                    if (
                        valueField.FieldType == FieldType.Message
                        && entry is JsonObject node
                        && TryShorten(node, valueField.MessageType, out var shortened)
                    )
                    {
                        value[key] = shortened;
                    }
                }
            }
            else if (value is JsonArray list)
            {
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is JsonObject node && TryShorten(node, field.MessageType, out var shortened))
                    {
                        list[index] = shortened;
                    }
                }
            }
            else if (value is JsonObject node && TryShorten(node, field.MessageType, out var shortened))
            {
                message[name] = shortened;
            }
        }
    }

    // True when the node is to be replaced; other messages are shortened in place.
    private static bool TryShorten(JsonObject node, MessageDescriptor type, out JsonNode? shortened)
    {
        shortened = null;
        if (type == Payload.Descriptor)
        {
            return PayloadShorthand.TryShorten(node, out shortened);
        }

        if (type != Payloads.Descriptor)
        {
            if (!ProtoTypes.HasOwnJson(type))
            {
                Shorten(node, type);
            }

            return false;
        }

        // All of them or none, so that a reader needs to look only once.
        var values = new JsonArray();
        foreach (var payload in node["payloads"]?.AsArray() ?? [])
        {
            if (!PayloadShorthand.TryShorten(payload!.AsObject(), out var value))
            {
                return false;
            }

            values.Add(value);
        }

        shortened = values;
        return true;
    }
}

/// <summary>How JSON answers are written.</summary>
[Flags]
internal enum JsonStyle
{
    /// <summary>In one line, payloads as metadata and base64.</summary>
    Plain = 0,

    /// <summary>Payloads as the JSON that they hold, see <see cref="PayloadShorthand"/>.</summary>
    ShortPayloads = 1,

    /// <summary>Indented.</summary>
    Pretty = 2,
}
