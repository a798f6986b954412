using TemporalDelivery.Api.Problems;
using TemporalDelivery.Workflows;

namespace TemporalDelivery.Api.Requests;

/// <summary>Says that a text names a value of an enum. The API's description lists the names.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal abstract class OneOfAttribute(IReadOnlyList<string> names) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <inheritdoc/>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class OneOfAttribute<T>() : OneOfAttribute(WireNames.All<T>())
    where T : struct, Enum;

/// <summary>Refuses texts that name no value of their enum, with those that there are.</summary>
internal static class OneOf
{
    /// <summary>The fault of a text under this name; none when it names a value.</summary>
    public static IReadOnlyList<Fault> Faults<T>(string? text, string name, string pointer, string code)
        where T : struct, Enum => Faults(text, WireNames.All<T>(), name, pointer, code);

    /// <summary>The fault of a text that is none of these; none when it is one.</summary>
    public static IReadOnlyList<Fault> Faults(string? text, IReadOnlyList<string> names, string name, string pointer, string code) =>
        text is not null && names.Contains(text) ? [] : [new Fault(pointer, code, $"{name} is one of {string.Join(", ", names)}.")];

    /// <summary>The value that a query parameter names; null when the parameter is absent.</summary>
    /// <exception cref="MalformedRequestException">It names none.</exception>
    public static T? Query<T>(string? text, string name)
        where T : struct, Enum =>
        text is null ? null
        : Faults<T>(text, name, name, "MALFORMED") is [var fault] ? throw new MalformedRequestException(fault)
        : WireNames.Parse<T>(text);
}
