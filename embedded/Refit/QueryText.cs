using System.Collections;
using System.Reflection;

namespace Refit;

/// <summary>Values of a query: simple ones as they are, collections by their form, objects by their properties.</summary>
internal sealed class QueryText(RefitSettings settings)
{
    private readonly List<string> parts = [];

    internal string Text => string.Join('&', parts);

    /// <summary>Whether values of a type are one text each.</summary>
    internal static bool IsValue(Type type)
    {
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        return actual == typeof(string) || actual == typeof(bool) || actual == typeof(char) || actual == typeof(Uri)
            || typeof(IFormattable).IsAssignableFrom(actual);
    }

    internal void Add(RestParameter parameter, object value)
    {
        if (IsValue(value.GetType()) || value is IEnumerable and not IDictionary)
        {
            var name = parameter.Query?.Prefix is { } prefix
                ? prefix + parameter.Query.Delimiter + settings.UrlParameterKeyFormatter.Format(parameter.Name)
                : settings.UrlParameterKeyFormatter.Format(parameter.Name);
            AddNamed(parameter.Info.IsDefined(typeof(AliasAsAttribute)) ? parameter.Name : name, value, parameter.Info, parameter.Info.ParameterType, parameter.Query);
            return;
        }

        var delimiter = parameter.Query?.Delimiter ?? ".";
        AddMembers(parameter.Query?.Prefix is { } before ? before + delimiter : string.Empty, delimiter, value);
    }

    private static string Separator(CollectionFormat format) => format switch
    {
        CollectionFormat.Ssv => " ",
        CollectionFormat.Tsv => "\t",
        CollectionFormat.Pipes => "|",
        _ => ",",
    };

    private void AddMembers(string prefix, string delimiter, object value)
    {
        if (value is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                var key = settings.UrlParameterFormatter.Format(entry.Key, entry.Key.GetType(), entry.Key.GetType());
                if (!string.IsNullOrWhiteSpace(key) && entry.Value is { } member)
                {
                    AddMember(prefix + key, delimiter, member, member.GetType(), member.GetType(), null);
                }
            }

            return;
        }

        foreach (var property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && property.GetValue(value) is { } member)
            {
                var name = property.GetCustomAttribute<AliasAsAttribute>()?.Name ?? settings.UrlParameterKeyFormatter.Format(property.Name);
                AddMember(prefix + name, delimiter, member, property, property.PropertyType, property.GetCustomAttribute<QueryAttribute>());
            }
        }
    }

    private void AddMember(
        string name, string delimiter, object member, ICustomAttributeProvider attributes, Type type, QueryAttribute? query)
    {
        if (IsValue(member.GetType()) || member is IEnumerable and not IDictionary)
        {
            AddNamed(name, member, attributes, type, query);
        }
        else
        {
            AddMembers(name + delimiter, delimiter, member);
        }
    }

    private void AddNamed(string name, object value, ICustomAttributeProvider attributes, Type type, QueryAttribute? query)
    {
        if (value is string or not IEnumerable)
        {
            AddText(name, settings.UrlParameterFormatter.Format(value, attributes, type));
            return;
        }

        var format = query is { IsCollectionFormatSpecified: true } ? query.CollectionFormat : settings.CollectionFormat;
        var texts = ((IEnumerable)value).Cast<object?>().Select(each => settings.UrlParameterFormatter.Format(each, attributes, type));
        if (format == CollectionFormat.Multi)
        {
            foreach (var text in texts)
            {
                AddText(name, text);
            }
        }
        else
        {
            AddText(name, string.Join(Separator(format), texts));
        }
    }

    private void AddText(string name, string? value)
    {
        if (value is not null)
        {
            parts.Add($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");
        }
    }
}
