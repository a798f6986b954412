using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Tests.Conformance;

/// <summary>
/// A history as text, one event a line, in the format of embedded/conformance/README.md: the same as normalise.mjs there
/// makes of the histories of TypeScript workers.
/// </summary>
internal sealed partial class NormalisedHistory
{
    private static readonly JsonSerializerOptions PlainJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, string[]> events;
    private readonly Dictionary<string, string[]> failures;
    private readonly string[] enumPrefixes;

    /// <param name="attributes">Text of attributes.json.</param>
    internal NormalisedHistory(string attributes)
    {
        var table = JsonNode.Parse(attributes)!;
        events = table["events"].Deserialize<Dictionary<string, string[]>>()!;
        failures = table["failures"].Deserialize<Dictionary<string, string[]>>()!;
        enumPrefixes = table["enumPrefixes"].Deserialize<string[]>()!;
    }

    /// <summary>The lines of one run; the scenario's own workflow id appears as its placeholder.</summary>
    internal IEnumerable<string> Lines(IEnumerable<HistoryEvent> history, string workflowId) => history.Select(e =>
        Uuid().Replace(Line(e).Replace(workflowId, "<workflow>", StringComparison.Ordinal), "<uuid>"));

    private string Line(HistoryEvent e)
    {
        var type = e.EventType.ToString();
        var attributes = (IMessage)HistoryEvent.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(e)!.Accessor.GetValue(e);
        return string.Join(' ', [e.EventId.ToString(CultureInfo.InvariantCulture), type, .. Fields(attributes, events[type])]);
    }

    private IEnumerable<string> Fields(IMessage holder, string[] entries)
    {
        foreach (var entry in entries)
        {
            var path = entry.TrimEnd('?');
            var (field, value) = Find(holder, path.Split('.'));
            if (field != null && !IsDefault(field, value))
            {
                yield return $"{path}={(path == entry ? Render(field, value!) : "yes")}";
            }
        }
    }

    private static (FieldDescriptor? Field, object? Value) Find(IMessage holder, IEnumerable<string> names)
    {
        FieldDescriptor? field = null;
        object? value = holder;
        foreach (var name in names)
        {
            if (value is not IMessage message)
            {
                return (null, null);
            }
            field = message.Descriptor.Fields.InDeclarationOrder().Single(f => f.JsonName == name);
            value = field.Accessor.GetValue(message);
        }
        return (field, value);
    }

    private static bool IsDefault(FieldDescriptor field, object? value) => value switch
    {
        null => true,
        Payloads { Payloads_: [var only] } => Text(only) == "null",
        IMessage message => message.CalculateSize() == 0,
        ICollection many => many.Count == 0,
        string text => text.Length == 0,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0 || field.FieldType == FieldType.Bytes,
    };

    private string Render(FieldDescriptor field, object value) => value switch
    {
        IDictionary map => Map(map.Keys.Cast<string>().ToDictionary(
            name => name, name => RenderSingle(field.MessageType.FindFieldByNumber(2), map[name]!))),
        IList list => $"[{string.Join(',', list.Cast<object>().Select(item => RenderSingle(field, item)))}]",
        _ => RenderSingle(field, value),
    };

    private string RenderSingle(FieldDescriptor field, object value) => value switch
    {
        Payload payload => Text(payload),
        Payloads payloads => $"[{string.Join(',', payloads.Payloads_.Select(Text))}]",
        Duration duration => Number(duration.ToTimeSpan().TotalMilliseconds) + "ms",
        Failure failure => Describe(failure),
        IMessage message => Map(message.Descriptor.Fields.InDeclarationOrder()
            .Select(inner => (Field: inner, Value: inner.Accessor.GetValue(message)))
            .Where(pair => !IsDefault(pair.Field, pair.Value))
            .ToDictionary(pair => pair.Field.JsonName, pair => Render(pair.Field, pair.Value))),
        bool flag => flag ? "true" : "false",
        string text => Scalar(text),
        _ when field.FieldType == FieldType.Enum => Scalar(
            field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture)).Name),
        _ => Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
    };

    private string Scalar(string text) =>
        enumPrefixes.FirstOrDefault(prefix => text.StartsWith(prefix, StringComparison.Ordinal)) is { } found
            ? text[found.Length..]
            : Unquoted().IsMatch(text) ? text : Quote(text);

    /// <summary>Of a message only what a workflow or an activity wrote is told.</summary>
    private string Describe(Failure failure)
    {
        var kind = Failure.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(failure)!;
        var inner = Fields((IMessage)kind.Accessor.GetValue(failure), failures[kind.JsonName]).ToList();
        if (failure.ApplicationFailureInfo != null)
        {
            inner.Add($"message={Quote(failure.Message)}");
        }
        var cause = failure.Cause == null ? string.Empty : $" <- {Describe(failure.Cause)}";
        return $"{kind.JsonName.Replace("FailureInfo", string.Empty, StringComparison.Ordinal)}({string.Join(' ', inner)}){cause}";
    }

    private static string Map(Dictionary<string, string> entries) =>
        $"{{{string.Join(',', entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}:{e.Value}"))}}}";

    private static string Text(Payload payload) => payload.Metadata["encoding"].ToStringUtf8() == "binary/null"
        ? "null"
        : JsonNode.Parse(payload.Data.Span)?.ToJsonString(PlainJson) ?? "null";

    private static string Quote(string text) => JsonSerializer.Serialize(text, PlainJson);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex("""^[^\s"\[\](){},=]+$""")]
    private static partial Regex Unquoted();
}
