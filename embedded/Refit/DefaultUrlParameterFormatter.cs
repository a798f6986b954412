using System.Reflection;

namespace Refit;

/// <summary>Values in the invariant culture, by the format of their attribute or type.</summary>
public class DefaultUrlParameterFormatter : IUrlParameterFormatter
{
    private readonly Dictionary<(Type Container, Type Parameter), string> specificFormats = [];
    private readonly Dictionary<Type, string> generalFormats = [];

    /// <summary>Sets the format of a type in parameters or properties of another.</summary>
    public void AddFormat<TContainer, TParameter>(string format) =>
        specificFormats.Add((typeof(TContainer), typeof(TParameter)), format);

    /// <summary>Sets the format of a type.</summary>
    public void AddFormat<TParameter>(string format) => generalFormats.Add(typeof(TParameter), format);

    /// <inheritdoc />
    public virtual string? Format(object? value, ICustomAttributeProvider attributeProvider, Type type)
    {
        ArgumentNullException.ThrowIfNull(attributeProvider);
        if (value is null)
        {
            return null;
        }

        var format = attributeProvider.GetCustomAttributes(typeof(QueryAttribute), true).OfType<QueryAttribute>().FirstOrDefault()?.Format;
        if (string.IsNullOrWhiteSpace(format))
        {
            format = specificFormats.GetValueOrDefault((type, value.GetType()))
                ?? generalFormats.GetValueOrDefault(value.GetType());
        }

        return InvariantText.Of(value, format);
    }
}
