using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;

namespace Temporal.Server.Http.Json;

/// <summary>Reads a request's JSON body: proto3 JSON with the liberties that the Web UI and people take.</summary>
internal static class RequestJson
{
    /// <summary>What is read at all: no comments, no doubled names, no towers of brackets.</summary>
    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private static readonly JsonParser Parser = new(
        JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(ProtoTypes.All)
    );

    /// <summary>Reads a message; an empty body is the empty message.</summary>
    /// <param name="utf8">The body.</param>
    /// <param name="type">The message.</param>
    /// <param name="shorthand">Whether payloads may be in their short form.</param>
    /// <exception cref="RpcException">InvalidArgument: it is no JSON, or not of that message.</exception>
    public static IMessage Read(ReadOnlySpan<byte> utf8, MessageDescriptor type, bool shorthand)
    {
        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
        {
            return type.Parser.ParseFrom(ByteString.Empty);
        }

        try
        {
            var body =
                JsonNode.Parse(utf8, documentOptions: Strict) as JsonObject
                ?? throw RpcException.InvalidArgument($"The body is not a JSON object ({type.Name}).");
            Adapt(body, type, shorthand);
            return Parser.Parse(body.ToJsonString(), type);
        }
        catch (Exception error)
            when (error
                    is JsonException
                        or InvalidJsonException
                        or InvalidProtocolBufferException
                        or FormatException
                        or OverflowException
                        or InvalidOperationException
            )
        {
            throw RpcException.InvalidArgument($"The body is no {type.Name}: {error.Message}");
        }
    }

    private static void Adapt(JsonObject message, MessageDescriptor type, bool shorthand)
    {
        foreach (var (name, value) in message.ToList())
        {
            if (value is not null && FieldNames.Find(type, name) is { } field)
            {
                var adapted = AdaptField(value, field, shorthand);
                if (!ReferenceEquals(adapted, value))
                {
                    message[name] = adapted;
                }
            }
        }
    }

    private static JsonNode? AdaptField(JsonNode value, FieldDescriptor field, bool shorthand)
    {
        if (field.IsMap && value is JsonObject map)
        {
            var valueField = field.MessageType.FindFieldByNumber(2);
            Replace(map.Select(pair => pair.Key).ToList(), key => map[key], (key, node) => map[key] = node, valueField);
            return map;
        }

        if (field.IsRepeated && value is JsonArray list)
        {
            Replace(Enumerable.Range(0, list.Count), index => list[index], (index, node) => list[index] = node, field);
            return list;
        }

        return AdaptOne(value, field, shorthand);

        void Replace<TKey>(IEnumerable<TKey> keys, Func<TKey, JsonNode?> get, Action<TKey, JsonNode?> set, FieldDescriptor of)
        {
            foreach (var key in keys)
            {
                var old = get(key);
                var adapted = AdaptOne(old, of, shorthand);
                if (!ReferenceEquals(old, adapted))
                {
                    set(key, adapted);
                }
            }
        }
    }

    private static JsonNode? AdaptOne(JsonNode? value, FieldDescriptor field, bool shorthand)
    {
        switch (field.FieldType)
        {
            case FieldType.Enum when value is JsonValue name && name.GetValueKind() == JsonValueKind.String:
                return EnumNames.NumberOf(field.EnumType, name.GetValue<string>());
            case FieldType.Int64
            or FieldType.UInt64
            or FieldType.SInt64
            or FieldType.Fixed64
            or FieldType.SFixed64 when value is JsonValue number && number.GetValueKind() == JsonValueKind.Number:
                // As text, which the parser reads exactly; a number it reads as a double.
                return number.ToJsonString();
            case FieldType.Message when shorthand && field.MessageType == Payload.Descriptor:
                return PayloadShorthand.Expand(value);
            case FieldType.Message when shorthand && field.MessageType == Payloads.Descriptor && value is JsonArray values:
                return new JsonObject { ["payloads"] = new JsonArray([.. values.Select(PayloadShorthand.Expand)]) };
            case FieldType.Message when value is JsonObject nested && !ProtoTypes.HasOwnJson(field.MessageType):
                Adapt(nested, field.MessageType, shorthand);
                return nested;
            default:
                return value;
        }
    }
}
