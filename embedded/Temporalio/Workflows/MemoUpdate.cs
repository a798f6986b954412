namespace Temporalio.Workflows;

/// <summary>One change of the workflow's memo, for <see cref="Workflow.UpsertMemo" />.</summary>
public class MemoUpdate
{
    private readonly object? value;

    internal MemoUpdate(string key) => UntypedKey = key;

    internal MemoUpdate(string key, object value)
    {
        UntypedKey = key;
        this.value = value;
        HasValue = true;
    }

    /// <summary>Gets a value indicating whether this sets a value rather than removing the key.</summary>
    public bool HasValue { get; private init; }

    /// <summary>Gets the key.</summary>
    public string UntypedKey { get; private init; }

    /// <summary>Gets the value.</summary>
    /// <exception cref="InvalidOperationException">This removes the key.</exception>
    public object UntypedValue => HasValue ? value! : throw new InvalidOperationException("No value");

    /// <summary>Makes an update that sets a value.</summary>
    /// <param name="key">Memo key.</param>
    /// <param name="value">Value, converted when the update is applied.</param>
    /// <returns>The update.</returns>
    /// <exception cref="ArgumentException">The value is null.</exception>
    public static MemoUpdate ValueSet(string key, object value) =>
        value == null ? throw new ArgumentException("Value cannot be null", nameof(value)) : new(key, value);

    /// <summary>Makes an update that removes a key.</summary>
    /// <param name="key">Memo key.</param>
    /// <returns>The update.</returns>
    public static MemoUpdate ValueUnset(string key) => new(key);
}
