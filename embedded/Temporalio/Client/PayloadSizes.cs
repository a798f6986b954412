using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;

namespace Temporalio.Client;

/// <summary>Finds the fields of a request that hold what users write: payloads and memos. Search attributes have a bound of their own.</summary>
internal static class PayloadSizes
{
    /// <summary>What a field holds, in the words of messages.</summary>
    internal enum Kind
    {
        /// <summary>Payloads: arguments, results, details.</summary>
        Payloads,

        /// <summary>A memo.</summary>
        Memo,
    }

    /// <summary>Calls back with each field's size in bytes.</summary>
    internal static void Visit(IMessage message, Action<Kind, long> found)
    {
        switch (message)
        {
            case SearchAttributes:
                break;
            case Memo memo:
                found(Kind.Memo, memo.CalculateSize());
                break;
            case Payloads or Payload:
                found(Kind.Payloads, message.CalculateSize());
                break;
            case Any protocol:
                found(Kind.Payloads, protocol.Value.Length);
                break;
            default:
                foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.Message))
                {
                    VisitValue(field.Accessor.GetValue(message), found);
                }
                break;
        }
    }

    private static void VisitValue(object? value, Action<Kind, long> found)
    {
        var nested = value switch
        {
            IMessage single => [single],
            IDictionary map => map.Values.OfType<IMessage>(),
            IEnumerable list => list.OfType<IMessage>(),
            _ => [],
        };
        foreach (var message in nested)
        {
            Visit(message, found);
        }
    }
}
