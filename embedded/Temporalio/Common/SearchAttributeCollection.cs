using System.Collections;
using Temporalio.Api.Common.V1;

namespace Temporalio.Common;

/// <summary>The search attributes of a workflow. Made with <see cref="Builder" />.</summary>
public class SearchAttributeCollection : IReadOnlyCollection<SearchAttributeKey>
{
    /// <summary>None.</summary>
    public static readonly SearchAttributeCollection Empty = new();

    private readonly SortedDictionary<SearchAttributeKey, object> values;

    internal SearchAttributeCollection()
        : this(new SortedDictionary<SearchAttributeKey, object>())
    {
    }

    private SearchAttributeCollection(SortedDictionary<SearchAttributeKey, object> values) => this.values = values;

    /// <summary>How many.</summary>
    public int Count => values.Count;

    /// <summary>Values by key.</summary>
    public IReadOnlyDictionary<SearchAttributeKey, object> UntypedValues => values;

    /// <summary>From the wire.</summary>
    /// <exception cref="ArgumentException">One has no type or an unknown one.</exception>
    public static SearchAttributeCollection FromProto(SearchAttributes searchAttributes)
    {
        var read = new SortedDictionary<SearchAttributeKey, object>();
        foreach (var (name, payload) in searchAttributes.IndexedFields)
        {
            if (SearchAttributePayload.Read(payload) is { } attribute)
            {
                read[new(name, attribute.Type)] = attribute.Value;
            }
        }

        return new(read);
    }

    /// <summary>A value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name and type.</exception>
    public T Get<T>(SearchAttributeKey<T> key)
        where T : notnull => values.TryGetValue(key, out var value)
        ? (T)value
        : throw new KeyNotFoundException($"{key.Name} not found or was present with different type");

    /// <summary>A value, if there is one of that name and type.</summary>
    public bool TryGetValue<T>(SearchAttributeKey<T> key, out T value)
        where T : notnull
    {
        if (values.TryGetValue(key, out var found) && found is T typed)
        {
            value = typed;
            return true;
        }

        value = default!;
        return false;
    }

    /// <summary>Whether there is one of that name and type.</summary>
    public bool ContainsKey<T>(SearchAttributeKey<T> key)
        where T : notnull => values.ContainsKey(key);

    /// <summary>Whether there is one of that name.</summary>
    public bool ContainsKey(string key) => Find(values, key) is not null;

    /// <inheritdoc />
    public IEnumerator<SearchAttributeKey> GetEnumerator() => values.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For the wire.</summary>
    /// <exception cref="ArgumentException">One cannot be converted.</exception>
    public SearchAttributes ToProto()
    {
        var proto = new SearchAttributes();
        foreach (var (key, value) in values)
        {
            try
            {
                proto.IndexedFields[key.Name] = SearchAttributePayload.Write(key, value);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"Failed converting search attribute {key.Name}", e);
            }
        }

        return proto;
    }

    /// <summary>Sets and removes, in place.</summary>
    /// <exception cref="ArgumentException">Two updates are for the same name; nothing has changed.</exception>
    internal void ApplyUpdates(IReadOnlyCollection<Workflows.SearchAttributeUpdate> updates)
    {
        if (updates.GroupBy(each => each.UntypedKey.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Multiple updates seen for key {twice.Key}");
        }

        foreach (var update in updates)
        {
            Remove(values, update.UntypedKey.Name);
            if (update.HasValue)
            {
                values[update.UntypedKey] = update.UntypedValue;
            }
        }
    }

    // A name has one value whatever its type, so it is looked up without the type.
    private static SearchAttributeKey? Find(SortedDictionary<SearchAttributeKey, object> values, string name) =>
        values.Keys.FirstOrDefault(each => each.Name == name);

    private static void Remove(SortedDictionary<SearchAttributeKey, object> values, string name)
    {
        if (Find(values, name) is { } key)
        {
            values.Remove(key);
        }
    }

    /// <summary>Makes collections.</summary>
    public class Builder
    {
        private readonly SortedDictionary<SearchAttributeKey, object> values = [];

        /// <summary>Begins with none.</summary>
        public Builder()
        {
        }

        /// <summary>Begins with those.</summary>
        public Builder(SearchAttributeCollection searchAttributes) => Set(searchAttributes);

        /// <summary>Sets a value.</summary>
        public Builder Set<T>(SearchAttributeKey<T> key, T value)
            where T : notnull => SetValue(key, value);

        /// <summary>Sets every value of a collection.</summary>
        public Builder Set(SearchAttributeCollection searchAttributes)
        {
            foreach (var (key, value) in searchAttributes.UntypedValues)
            {
                SetValue(key, value);
            }

            return this;
        }

        /// <summary>Removes a value.</summary>
        public Builder Unset(SearchAttributeKey key) => Unset(key.Name);

        /// <summary>Removes a value.</summary>
        public Builder Unset(string name)
        {
            Remove(values, name);
            return this;
        }

        /// <summary>The collection, independent of later changes here.</summary>
        public SearchAttributeCollection ToSearchAttributeCollection() => new(new SortedDictionary<SearchAttributeKey, object>(values));

        private Builder SetValue(SearchAttributeKey key, object value)
        {
            var normal = key.NormalizeValue(value ?? throw new ArgumentException("Null value", nameof(value)));
            Remove(values, key.Name);
            values[key] = normal;
            return this;
        }
    }
}
