namespace Refit;

/// <summary>Values in the invariant culture.</summary>
public class DefaultFormUrlEncodedParameterFormatter : IFormUrlEncodedParameterFormatter
{
    /// <inheritdoc />
    public virtual string? Format(object? value, string? formatString) =>
        value is null ? null : InvariantText.Of(value, formatString);
}
