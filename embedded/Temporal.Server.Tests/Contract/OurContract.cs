using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace Temporal.Server.Tests.Contract;

/// <summary>Our own descriptors, in the lines that <c>contract/describe.mjs</c> prints of the published ones.</summary>
internal static partial class OurContract
{
    /// <summary>Messages that are ours alone: the published protocol has google.rpc.Status instead.</summary>
    private static readonly HashSet<string> Exempt = ["temporal.api.common.v1.GrpcStatus"];

    public static IEnumerable<string> Lines() =>
        typeof(Temporalio.Api.Common.V1.Payload).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.MessageTypes.SelectMany(Message).Concat(file.EnumTypes.SelectMany(Enumeration)).Concat(file.Services.SelectMany(Service)));

    private static IEnumerable<string> Message(MessageDescriptor message)
    {
        if (Exempt.Contains(message.FullName) || IsMapEntry(message))
        {
            return [];
        }

        return message.Fields.InDeclarationOrder().Select(Field)
            .Prepend($"message {message.FullName}")
            .Concat(message.EnumTypes.SelectMany(Enumeration))
            .Concat(message.NestedTypes.SelectMany(Message));
    }

    private static bool IsMapEntry(MessageDescriptor message) => message.ToProto().Options?.MapEntry == true;

    private static string Field(FieldDescriptor field)
    {
        var map = field.IsMap ? field.MessageType.Fields.InFieldNumberOrder() : null;
        var label = map is not null ? $"map<{Type(map[0])}>" : field.IsRepeated ? "repeated" : field.ToProto().Proto3Optional ? "optional" : "single";
        var group = field.RealContainingOneof is { } oneof ? CamelCase(oneof.Name) : "-";
        return $"field {field.ContainingType.FullName} {field.FieldNumber} {CamelCase(field.Name)} {label} {Type(map?[1] ?? field)} {group}";
    }

    private static string Type(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        var type => type.ToString().ToLowerInvariant(),
    };

    private static IEnumerable<string> Enumeration(EnumDescriptor enumeration) =>
        enumeration.Values.Select(value => $"value {enumeration.FullName} {value.Number} {value.Name}").Prepend($"enum {enumeration.FullName}");

    private static IEnumerable<string> Service(Google.Protobuf.Reflection.ServiceDescriptor service) =>
        service.Methods.Select(method => $"method {service.FullName} {method.Name} {Stream(method.IsClientStreaming)}{method.InputType.FullName} -> {Stream(method.IsServerStreaming)}{method.OutputType.FullName}")
            .Prepend($"service {service.FullName}");

    private static string Stream(bool streams) => streams ? "stream " : "";

    /// <summary>As the npm package spells names: every underscore before a letter goes, and the letter becomes upper case.</summary>
    private static string CamelCase(string name) => name[..1] + UnderscoreLetter().Replace(name[1..], match => match.Groups[1].Value.ToUpperInvariant());

    [GeneratedRegex("_([a-z])(?=[a-z]|$)")]
    private static partial Regex UnderscoreLetter();
}
