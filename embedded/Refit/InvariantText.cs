using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;

namespace Refit;

/// <summary>Values as text that is the same in every culture.</summary>
internal static class InvariantText
{
    internal static string Of(object value, string? format)
    {
        if (value is Enum && value.GetType().GetField(value.ToString()!)?.GetCustomAttribute<EnumMemberAttribute>()?.Value is { } named)
        {
            return named;
        }

        return value is IFormattable formattable
            ? formattable.ToString(string.IsNullOrWhiteSpace(format) ? null : format, CultureInfo.InvariantCulture)
            : value.ToString() ?? string.Empty;
    }
}
