using Temporalio.Api.Common.V1;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Sets or removes one search attribute.</summary>
public abstract class SearchAttributeUpdate
{
    internal SearchAttributeUpdate()
    {
    }

    /// <summary>Whether it sets; otherwise it removes.</summary>
    public bool HasValue { get; internal init; }

    /// <summary>Which attribute.</summary>
    public abstract SearchAttributeKey UntypedKey { get; }

    /// <summary>The value that it sets.</summary>
    /// <exception cref="InvalidOperationException">It removes.</exception>
    public abstract object UntypedValue { get; }

    /// <summary>Sets a value.</summary>
    public static SearchAttributeUpdate<T> ValueSet<T>(SearchAttributeKey<T> key, T value)
        where T : notnull => new(key, value);

    /// <summary>Removes the value.</summary>
    public static SearchAttributeUpdate<T> ValueUnset<T>(SearchAttributeKey<T> key)
        where T : notnull => new(key);

    internal Payload ToUpsertPayload() =>
        SearchAttributePayload.Write(UntypedKey, HasValue ? UntypedValue : null);
}

/// <summary>Sets or removes one search attribute.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public class SearchAttributeUpdate<T> : SearchAttributeUpdate
    where T : notnull
{
    private readonly T? value;

    internal SearchAttributeUpdate(SearchAttributeKey<T> key) => Key = key;

    internal SearchAttributeUpdate(SearchAttributeKey<T> key, T value)
    {
        Key = key;
        this.value = key.NormalizeValue(value);
        HasValue = true;
    }

    /// <summary>Which attribute.</summary>
    public SearchAttributeKey<T> Key { get; private init; }

    /// <summary>The value that it sets.</summary>
    /// <exception cref="InvalidOperationException">It removes.</exception>
    public T Value => HasValue ? value! : throw new InvalidOperationException("No value");

    /// <inheritdoc />
    public override SearchAttributeKey UntypedKey => Key;

    /// <inheritdoc />
    public override object UntypedValue => Value;
}
