using System.Reflection;

namespace Refit;

/// <summary>Values in paths and queries.</summary>
public interface IUrlParameterFormatter
{
    /// <summary>A value as text; null leaves it out.</summary>
    string? Format(object? value, ICustomAttributeProvider attributeProvider, Type type);
}
