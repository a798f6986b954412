using Temporalio.Api.Enums.V1;

namespace Temporal.Server.Store;

/// <summary>A namespace and its custom search attributes.</summary>
public sealed record NamespaceRecord
{
    /// <summary>UUID as text; what runs are filed under.</summary>
    public required string Id { get; init; }

    /// <summary>The name that clients use.</summary>
    public required string Name { get; init; }

    /// <summary>Free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>Free text.</summary>
    public string OwnerEmail { get; init; } = "";

    /// <summary>How long closed runs are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Free key-value data of its owner.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>Custom search attributes by name.</summary>
    public IReadOnlyDictionary<string, IndexedValueType> SearchAttributes { get; init; } = new Dictionary<string, IndexedValueType>();
}
