using Temporalio.Api.Common.V1;

namespace Temporal.Server.History.State;

/// <summary>A run's search attributes after an upsert.</summary>
internal static class SearchAttributeMerge
{
    /// <summary>Merges; a value that is nothing removes. The result is new.</summary>
    public static SearchAttributes Of(SearchAttributes attributes, SearchAttributes upsert)
    {
        var merged = attributes.Clone();
        foreach (var (name, value) in upsert.IndexedFields)
        {
            if (PayloadValues.IsNothing(value))
            {
                merged.IndexedFields.Remove(name);
            }
            else
            {
                merged.IndexedFields[name] = value;
            }
        }

        return merged;
    }
}
