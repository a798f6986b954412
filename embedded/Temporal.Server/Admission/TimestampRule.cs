using System.Collections;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Temporal.Server.Rpc;

namespace Temporal.Server.Admission;

/// <summary>
/// Times in requests lie in the calendar. Protobuf lets any number through, and whoever reads it as a time later would fail in the
/// middle of something else.
/// </summary>
internal sealed class TimestampRule
{
    private static readonly ConcurrentDictionary<MessageDescriptor, TimestampRule?> Known = new();

    private readonly FieldDescriptor[] fields;

    private TimestampRule(FieldDescriptor[] fields) => this.fields = fields;

    /// <summary>The rule for a type; null when there is no time in it, however deep.</summary>
    public static TimestampRule? For(MessageDescriptor type) => Known.GetOrAdd(type, static each =>
    {
        var leading = each.Fields.InDeclarationOrder().Where(field => ValueOf(field) is { } value && Reaches(value, [])).ToArray();
        return leading.Length == 0 ? null : new TimestampRule(leading);
    });

    /// <summary>Refuses a message with a time outside of the calendar.</summary>
    /// <exception cref="RpcException">InvalidArgument: names the field.</exception>
    public void Check(IMessage message)
    {
        foreach (var field in fields)
        {
            switch (field.Accessor.GetValue(message))
            {
                case IDictionary map:
                    CheckAll(field, map.Values);
                    break;
                case IList list:
                    CheckAll(field, list);
                    break;
                case IMessage value:
                    CheckOne(field, value);
                    break;
            }
        }
    }

    private static void CheckAll(FieldDescriptor field, ICollection values)
    {
        foreach (IMessage value in values)
        {
            CheckOne(field, value);
        }
    }

    private static void CheckOne(FieldDescriptor field, IMessage value)
    {
        if (value is not Timestamp time)
        {
            For(value.Descriptor)?.Check(value);
        }
        else if (time.Nanos is < 0 or > 999_999_999 || time.Seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || time.Seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            throw RpcException.InvalidArgument($"An invalid {field.Name} is set on request: it is outside of the calendar.");
        }
    }

    private static bool Reaches(MessageDescriptor type, HashSet<MessageDescriptor> seen) =>
        type == Timestamp.Descriptor
        || (seen.Add(type) && type.Fields.InDeclarationOrder().Any(field => ValueOf(field) is { } value && Reaches(value, seen)));

    private static MessageDescriptor? ValueOf(FieldDescriptor field)
    {
        var value = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        return value.FieldType == FieldType.Message ? value.MessageType : null;
    }
}
