using System.Collections.Concurrent;

namespace Temporalio.Runtime.Prometheus;

/// <summary>A metric: its series by their labels.</summary>
internal sealed class PrometheusFamily(string name, string type, string help, Func<PrometheusSeries> create)
{
    private readonly ConcurrentDictionary<string, PrometheusSeries> series = new();

    internal string Type => type;

    internal void Record(double value, PrometheusLabels labels) =>
        series.GetOrAdd(labels.Text, static (_, create) => create(), create).Record(value);

    internal void Write(TextWriter into)
    {
        if (series.IsEmpty)
        {
            return;
        }

        var escaped = help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        into.Write($"# HELP {name} {escaped}\n# TYPE {name} {type}\n");
        // ToArray is the dictionary's own: LINQ's, on which sorting rests, fails when another appears in between.
        foreach (var (labels, each) in series.ToArray().OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            each.Write(into, name, labels);
        }
    }
}
