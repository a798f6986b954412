namespace Refit;

/// <summary>Headers of a method's or every method's request, as <c>Name: value</c>; a name alone removes one set further out.</summary>
/// <param name="headers">The headers.</param>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Method)]
public class HeadersAttribute(params string[] headers) : Attribute
{
    /// <summary>The headers.</summary>
    public string[] Headers { get; } = headers ?? [];
}
