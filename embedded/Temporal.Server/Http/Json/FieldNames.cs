using System.Collections.Concurrent;
using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Temporal.Server.Http.Json;

/// <summary>A message's fields by either of their names: <c>workflowId</c> and <c>workflow_id</c>.</summary>
internal static class FieldNames
{
    private static readonly ConcurrentDictionary<MessageDescriptor, FrozenDictionary<string, FieldDescriptor>> Known = new();

    /// <summary>The field, or null.</summary>
    public static FieldDescriptor? Find(MessageDescriptor message, string name) =>
        Known
            .GetOrAdd(message, static type =>
                type.Fields.InDeclarationOrder()
                    .SelectMany(field => new[] { (field.Name, field), (Name: field.JsonName, field) })
                    .DistinctBy(pair => pair.Name)
                    .ToFrozenDictionary(pair => pair.Name, pair => pair.field, StringComparer.Ordinal)
            )
            .GetValueOrDefault(name);
}
