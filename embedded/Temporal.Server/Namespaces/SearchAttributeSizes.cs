using Temporal.Server.History;
using Temporal.Server.History.Commands;
using Temporal.Server.Rpc;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Namespaces;

/// <summary>How large search attributes may be.</summary>
internal static class SearchAttributeSizes
{
    /// <summary>Refuses too large a value, or too much altogether.</summary>
    /// <exception cref="RpcException">InvalidArgument.</exception>
    public static void Check(SearchAttributes? attributes)
    {
        foreach (var (name, value) in attributes?.IndexedFields ?? [])
        {
            if (value.Data.Length > Limits.SearchAttributeBytes)
            {
                throw RpcException.InvalidArgument(
                    $"search attribute {name} value size {value.Data.Length} exceeds size limit {Limits.SearchAttributeBytes}"
                );
            }
        }

        if (attributes?.CalculateSize() is { } size && size > Limits.SearchAttributesBytes)
        {
            throw RpcException.InvalidArgument($"total size of search attributes {size} exceeds size limit {Limits.SearchAttributesBytes}");
        }
    }

    /// <summary>The same for a worker's command, which would only come again: the run ends.</summary>
    /// <exception cref="BadCommandException">They are too large.</exception>
    public static void CheckCommand(SearchAttributes? attributes, WorkflowTaskFailedCause cause)
    {
        try
        {
            Check(attributes);
        }
        catch (RpcException error)
        {
            throw new BadCommandException(cause, error.Message, endsRun: true);
        }
    }
}
