using Temporalio.Api.Enums.V1;

namespace Temporalio.Common;

/// <summary>Name and type of a search attribute.</summary>
public class SearchAttributeKey : IComparable<SearchAttributeKey>
{
    internal SearchAttributeKey(string name, IndexedValueType valueType)
    {
        Name = name;
        ValueType = valueType;
    }

    /// <summary>Name as registered with the server.</summary>
    public string Name { get; private init; }

    /// <summary>Type as registered with the server.</summary>
    public IndexedValueType ValueType { get; private init; }

    /// <summary>Same name and type.</summary>
    public static bool operator ==(SearchAttributeKey? left, SearchAttributeKey? right) =>
        left is null ? right is null : left.Equals(right);

    /// <summary>Different name or type.</summary>
    public static bool operator !=(SearchAttributeKey? left, SearchAttributeKey? right) => !(left == right);

    /// <summary>By name, then type.</summary>
    public static bool operator <(SearchAttributeKey? left, SearchAttributeKey? right) =>
        left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>By name, then type.</summary>
    public static bool operator <=(SearchAttributeKey? left, SearchAttributeKey? right) =>
        left is null || left.CompareTo(right) <= 0;

    /// <summary>By name, then type.</summary>
    public static bool operator >(SearchAttributeKey? left, SearchAttributeKey? right) =>
        left is not null && left.CompareTo(right) > 0;

    /// <summary>By name, then type.</summary>
    public static bool operator >=(SearchAttributeKey? left, SearchAttributeKey? right) =>
        left is null ? right is null : left.CompareTo(right) >= 0;

    /// <summary>Words, found by any of them.</summary>
    public static SearchAttributeKey<string> CreateText(string name) => new(name, IndexedValueType.Text);

    /// <summary>A string, found whole.</summary>
    public static SearchAttributeKey<string> CreateKeyword(string name) => new(name, IndexedValueType.Keyword);

    /// <summary>A whole number.</summary>
    public static SearchAttributeKey<long> CreateLong(string name) => new(name, IndexedValueType.Int);

    /// <summary>A number.</summary>
    public static SearchAttributeKey<double> CreateDouble(string name) => new(name, IndexedValueType.Double);

    /// <summary>True or false.</summary>
    public static SearchAttributeKey<bool> CreateBool(string name) => new(name, IndexedValueType.Bool);

    /// <summary>A moment.</summary>
    public static SearchAttributeKey<DateTimeOffset> CreateDateTimeOffset(string name) => new(name, IndexedValueType.Datetime);

    /// <summary>Several strings, each found whole.</summary>
    public static SearchAttributeKey<IReadOnlyCollection<string>> CreateKeywordList(string name) =>
        new(name, IndexedValueType.KeywordList);

    /// <inheritdoc />
    public int CompareTo(SearchAttributeKey? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byName = string.CompareOrdinal(Name, other.Name);
        return byName != 0 ? byName : ValueType.CompareTo(other.ValueType);
    }

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, ValueType);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SearchAttributeKey);

    /// <summary>Same name and type.</summary>
    public bool Equals(SearchAttributeKey? other) => other is not null && other.Name == Name && other.ValueType == ValueType;

    /// <summary>The value as it is kept: a list of its own for keyword lists.</summary>
    internal T NormalizeValue<T>(T value)
        where T : notnull =>
        ValueType == IndexedValueType.KeywordList && value is IReadOnlyCollection<string> keywords ? (T)(object)keywords.ToList() : value;
}

/// <summary>Name and type of a search attribute.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public class SearchAttributeKey<T> : SearchAttributeKey
    where T : notnull
{
    internal SearchAttributeKey(string name, IndexedValueType valueType)
        : base(name, valueType)
    {
    }

    /// <summary>An update that sets it.</summary>
    public Workflows.SearchAttributeUpdate<T> ValueSet(T value) => Workflows.SearchAttributeUpdate.ValueSet(this, value);

    /// <summary>An update that removes it.</summary>
    public Workflows.SearchAttributeUpdate<T> ValueUnset() => Workflows.SearchAttributeUpdate.ValueUnset(this);
}
