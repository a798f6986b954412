using Tomlyn.Model;

namespace Temporalio.Common.EnvConfig;

/// <summary>A table of the file whose keys are read by name and type, which tells the keys that nobody has read.</summary>
internal sealed class ConfigTable(TomlTable table, string path, bool strict)
{
    private readonly HashSet<string> known = [];

    internal string? Text(string key) => Value<string>(key, "a string");

    internal bool? Flag(string key) => Value<object>(key, "true or false") switch
    {
        null => null,
        bool flag => flag,
        _ => throw ConfigFile.Invalid($"{path}{key} must be true or false"),
    };

    internal ConfigTable? Table(string key) => Value<TomlTable>(key, "a table") is { } inner ? new(inner, $"{path}{key}.", strict) : null;

    internal IEnumerable<KeyValuePair<string, ConfigTable>> Tables() =>
        table.Keys.ToList().Select(each => KeyValuePair.Create(each, Table(each)!));

    internal IEnumerable<KeyValuePair<string, string>> Texts() =>
        table.Keys.ToList().Select(each => KeyValuePair.Create(each, Text(each)!));

    /// <exception cref="InvalidOperationException">Reading is strict and there is a key that has not been read.</exception>
    internal void RefuseUnknown()
    {
        if (strict && table.Keys.FirstOrDefault(each => !known.Contains(each)) is { } unknown)
        {
            throw ConfigFile.Invalid($"unknown field `{path}{unknown}`");
        }
    }

    private T? Value<T>(string key, string kind)
        where T : class
    {
        known.Add(key);
        return table.TryGetValue(key, out var value)
            ? value as T ?? throw ConfigFile.Invalid($"{path}{key} must be {kind}")
            : null;
    }
}
