using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Worker.Runtime;

/// <summary>Handlers by name, which workflow code may change where it may change anything.</summary>
/// <param name="initial">Handlers of the workflow type.</param>
/// <param name="assertMayChange">Throws where changes are not allowed.</param>
/// <param name="onSet">Checks and follows up a handler that was set.</param>
internal sealed class HandlerTable<T>(
    IReadOnlyDictionary<string, T> initial, Action assertMayChange, Action<string, T> onSet) : IDictionary<string, T>
{
    private readonly Dictionary<string, T> handlers = new(initial);

    public ICollection<string> Keys => handlers.Keys;

    public ICollection<T> Values => handlers.Values;

    public int Count => handlers.Count;

    public bool IsReadOnly => false;

    public T this[string key]
    {
        get => handlers[key];
        set => Set(key, value);
    }

    public void Add(string key, T value)
    {
        assertMayChange();
        if (handlers.ContainsKey(key))
        {
            throw new ArgumentException("Key already exists", nameof(key));
        }
        Set(key, value);
    }

    public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    public void Clear()
    {
        assertMayChange();
        handlers.Clear();
    }

    public bool Contains(KeyValuePair<string, T> item) => handlers.Contains(item);

    public bool ContainsKey(string key) => handlers.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, T>>)handlers).CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => handlers.GetEnumerator();

    public bool Remove(string key)
    {
        assertMayChange();
        return handlers.Remove(key);
    }

    public bool Remove(KeyValuePair<string, T> item)
    {
        assertMayChange();
        return ((ICollection<KeyValuePair<string, T>>)handlers).Remove(item);
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => handlers.TryGetValue(key, out value);

    IEnumerator IEnumerable.GetEnumerator() => handlers.GetEnumerator();

    private void Set(string key, T value)
    {
        assertMayChange();
        handlers[key] = value;
        onSet(key, value);
    }
}
