using System.Reflection;
using System.Text.Json.Serialization;

namespace TemporalDelivery.Workflows;

/// <summary>
/// The name that an enum value bears outside the process (<c>INVENTORY_CHECK</c>): in JSON, in the database and in the graph file.
/// It is the value's <see cref="JsonStringEnumMemberNameAttribute"/>.
/// </summary>
public static class WireNames
{
    /// <summary>The wire name of <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of its enum.</exception>
    public static string WireName<T>(this T value)
        where T : struct, Enum =>
        Names<T>.ByValue.TryGetValue(value, out var name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"not a {typeof(T).Name}");

    /// <summary>All wire names of <typeparamref name="T"/>, in the order of its values.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => Names<T>.All;

    /// <summary>The value whose wire name is <paramref name="name"/> (exact case).</summary>
    /// <exception cref="FormatException">There is no such value; the message lists those that there are.</exception>
    public static T Parse<T>(string name)
        where T : struct, Enum =>
        TryParse<T>(name, out var value)
            ? value
            : throw new FormatException($"'{name}' is not a {typeof(T).Name}; expected one of {string.Join(", ", All<T>())}");

    /// <summary>Like <see cref="Parse{T}"/>, but false instead of an exception.</summary>
    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        value = default;
        return name is not null && Names<T>.ByName.TryGetValue(name, out value);
    }

    private static class Names<T>
        where T : struct, Enum
    {
        internal static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>()
            .ToDictionary(
                value => value,
                value =>
                    typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString()
            );

        internal static readonly IReadOnlyList<string> All = [.. Enum.GetValues<T>().Select(value => ByValue[value])];

        internal static readonly IReadOnlyDictionary<string, T> ByName = ByValue.ToDictionary(
            pair => pair.Value,
            pair => pair.Key,
            StringComparer.Ordinal
        );
    }
}
