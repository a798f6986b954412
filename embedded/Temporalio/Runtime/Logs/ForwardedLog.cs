using System.Collections;
using Microsoft.Extensions.Logging;

namespace Temporalio.Runtime.Logs;

/// <summary>A log of the library itself, as a forwarding logger gets it.</summary>
/// <param name="Level">Level.</param>
/// <param name="Target">Part of the library.</param>
/// <param name="Message">What happened.</param>
/// <param name="Timestamp">When, in UTC.</param>
/// <param name="JsonFields">Details by name, each in JSON; null where they are not wanted.</param>
internal sealed record ForwardedLog(
    LogLevel Level,
    string Target,
    string Message,
    DateTime Timestamp,
    IReadOnlyDictionary<string, string>? JsonFields) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <inheritdoc />
    public int Count => 5;

    /// <inheritdoc />
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new(nameof(Level), Level),
        1 => new(nameof(Target), Target),
        2 => new(nameof(Message), Message),
        3 => new(nameof(Timestamp), Timestamp),
        4 => new(nameof(JsonFields), JsonFields),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <inheritdoc />
    public override string ToString() => JsonFields is null
        ? $"[sdk_core::{Target}] {Message}"
        : $"[sdk_core::{Target}] {Message} {string.Join(", ", JsonFields.Select(each => $"{each.Key}={each.Value}"))}";

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
