using Google.Protobuf;
using Temporal.Server.History;
using Temporal.Server.History.State;
using Temporal.Server.Rpc;
using Temporal.Server.Store;
using Temporal.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Namespaces;

/// <summary>Which search attributes a workflow may set, and in what form they are kept.</summary>
internal static class SearchAttributeRules
{
    /// <summary>The attributes as they are kept: known names only, each with its type in the metadata.</summary>
    /// <exception cref="RpcException">InvalidArgument: a name is unknown, a type does not fit, or there are too many.</exception>
    public static SearchAttributes Check(NamespaceRecord space, SearchAttributes? attributes)
    {
        if (attributes?.IndexedFields.Count > Limits.SearchAttributes)
        {
            throw RpcException.InvalidArgument(
                $"number of search attributes {attributes.IndexedFields.Count} exceeds limit {Limits.SearchAttributes}"
            );
        }

        var checkedAttributes = new SearchAttributes();
        foreach (var (name, value) in attributes?.IndexedFields ?? [])
        {
            if (!space.SearchAttributes.TryGetValue(name, out var type) && !SearchAttributeCatalogue.Predefined.TryGetValue(name, out type))
            {
                throw RpcException.InvalidArgument($"Namespace {space.Name} has no mapping defined for search attribute {name}");
            }

            checkedAttributes.IndexedFields[name] = Typed(name, value, type);
        }

        return checkedAttributes;
    }

    private static Payload Typed(string name, Payload value, IndexedValueType type)
    {
        if (PayloadValues.IsNothing(value))
        {
            return value;
        }

        if (!Fits(value.Data, type))
        {
            throw RpcException.InvalidArgument($"invalid value for search attribute {name} of type {type}: {value.Data.ToStringUtf8()}");
        }

        var typed = value.Clone();
        typed.Metadata["type"] = ByteString.CopyFromUtf8(type.ToString());
        return typed;
    }

    private static bool Fits(ByteString data, IndexedValueType type)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(data.Memory);
            var value = json.RootElement;
            if (value.ValueKind == System.Text.Json.JsonValueKind.Array && type != IndexedValueType.KeywordList)
            {
                return value.GetArrayLength() == 1 && FitsOne(value[0], type);
            }

            return FitsOne(value, type);
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static bool FitsOne(System.Text.Json.JsonElement value, IndexedValueType type) =>
        type switch
        {
            IndexedValueType.Text or IndexedValueType.Keyword => value.ValueKind == System.Text.Json.JsonValueKind.String,
            IndexedValueType.Int => value.TryGetNumber(out _),
            IndexedValueType.Double => value.ValueKind == System.Text.Json.JsonValueKind.Number,
            IndexedValueType.Bool => value.ValueKind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            IndexedValueType.Datetime => value.ValueKind == System.Text.Json.JsonValueKind.String && value.TryGetDateTimeOffset(out _),
            IndexedValueType.KeywordList => value.ValueKind == System.Text.Json.JsonValueKind.String
                || (
                    value.ValueKind == System.Text.Json.JsonValueKind.Array
                    && value.EnumerateArray().All(item => item.ValueKind == System.Text.Json.JsonValueKind.String)
                ),
            _ => true,
        };

    private static bool TryGetNumber(this System.Text.Json.JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind == System.Text.Json.JsonValueKind.Number && value.TryGetInt64(out number);
    }
}
