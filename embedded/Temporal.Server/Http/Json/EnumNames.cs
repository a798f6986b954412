using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.Reflection;
using Temporal.Server.Rpc;

namespace Temporal.Server.Http.Json;

/// <summary>
/// Enum values as people and the Web UI write them: by number, by full name (<c>SCHEDULE_OVERLAP_POLICY_BUFFER_ALL</c>), or by the name's
/// own part in any of the usual spellings (<c>BufferAll</c>, <c>buffer_all</c>, <c>BUFFER_ALL</c>).
/// </summary>
internal static class EnumNames
{
    private static readonly ConcurrentDictionary<EnumDescriptor, FrozenDictionary<string, int>> Known = new();

    /// <summary>The value's number.</summary>
    /// <exception cref="RpcException">InvalidArgument: the enum has no such value.</exception>
    public static int NumberOf(EnumDescriptor type, string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return Known.GetOrAdd(type, NumbersByName).TryGetValue(Plain(text), out var value)
            ? value
            : throw RpcException.InvalidArgument(
                $"\"{text}\" is no {type.Name}; it is one of {string.Join(", ", type.Values.Select(known => known.Name))}."
            );
    }

    private static FrozenDictionary<string, int> NumbersByName(EnumDescriptor type)
    {
        var prefix = Plain(type.Name);
        return type
            .Values.SelectMany(value =>
            {
                var name = Plain(value.Name);
                return new[]
                {
                    (Name: name, value.Number),
                    (Name: name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name, value.Number),
                };
            })
            .DistinctBy(pair => pair.Name)
            .ToFrozenDictionary(pair => pair.Name, pair => pair.Number, StringComparer.Ordinal);
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
