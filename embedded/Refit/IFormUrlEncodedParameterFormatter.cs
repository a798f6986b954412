namespace Refit;

/// <summary>Values in forms.</summary>
public interface IFormUrlEncodedParameterFormatter
{
    /// <summary>A value as text.</summary>
    string? Format(object? value, string? formatString);
}
