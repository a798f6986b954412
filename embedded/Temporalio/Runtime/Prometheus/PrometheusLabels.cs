using System.Globalization;
using System.Text;

namespace Temporalio.Runtime.Prometheus;

/// <summary>Labels of a series, in the form of the text format and in the order of their names.</summary>
internal sealed class PrometheusLabels
{
    private readonly SortedDictionary<string, string> values;

    private PrometheusLabels(SortedDictionary<string, string> values)
    {
        this.values = values;
        Text = string.Join(',', values.Select(each => $"{each.Key}=\"{Escape(each.Value)}\""));
    }

    internal static PrometheusLabels None { get; } = new([]);

    /// <summary>What stands between the braces.</summary>
    internal string Text { get; }

    /// <summary>These and more; of two with the same name the later one counts.</summary>
    internal PrometheusLabels With(IEnumerable<KeyValuePair<string, object>> more)
    {
        var all = new SortedDictionary<string, string>(values, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            all[PrometheusName.Of(name)] = ValueText(value);
        }

        return new(all);
    }

    private static string ValueText(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var character in value)
        {
            escaped.Append(character switch
            {
                '\\' => @"\\",
                '"' => "\\\"",
                '\n' => @"\n",
                _ => character.ToString(),
            });
        }

        return escaped.ToString();
    }
}
