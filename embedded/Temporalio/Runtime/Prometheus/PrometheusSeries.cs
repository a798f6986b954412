using System.Globalization;

namespace Temporalio.Runtime.Prometheus;

/// <summary>The values of a metric under one set of labels.</summary>
internal abstract class PrometheusSeries
{
    /// <summary>Adds to a counter, sets a gauge, or counts a value of a histogram.</summary>
    internal abstract void Record(double value);

    internal abstract void Write(TextWriter into, string name, string labels);

    protected static string Text(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    protected static void WriteSample(TextWriter into, string name, string labels, string value)
    {
        into.Write(name);
        if (labels.Length > 0)
        {
            into.Write($"{{{labels}}}");
        }

        into.Write($" {value}\n");
    }

    /// <summary>A sum that only grows.</summary>
    internal sealed class Counter : PrometheusSeries
    {
        private long sum;

        internal override void Record(double value) => Interlocked.Add(ref sum, (long)value);

        internal override void Write(TextWriter into, string name, string labels) =>
            WriteSample(into, name, labels, Interlocked.Read(ref sum).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A last value.</summary>
    internal sealed class Gauge : PrometheusSeries
    {
        private double last;

        internal override void Record(double value) => Volatile.Write(ref last, value);

        internal override void Write(TextWriter into, string name, string labels) =>
            WriteSample(into, name, labels, Text(Volatile.Read(ref last)));
    }

    /// <summary>A distribution.</summary>
    internal sealed class Histogram(double[] bounds) : PrometheusSeries
    {
        private readonly Lock gate = new();
        private readonly long[] counts = new long[bounds.Length + 1];
        private double sum;

        internal override void Record(double value)
        {
            var bucket = 0;
            while (bucket < bounds.Length && value > bounds[bucket])
            {
                bucket++;
            }

            lock (gate)
            {
                counts[bucket]++;
                sum += value;
            }
        }

        internal override void Write(TextWriter into, string name, string labels)
        {
            long[] now;
            double total;
            lock (gate)
            {
                now = [.. counts];
                total = sum;
            }

            var upTo = 0L;
            var before = labels.Length == 0 ? string.Empty : $"{labels},";
            for (var i = 0; i < now.Length; i++)
            {
                upTo += now[i];
                var bound = i < bounds.Length ? bounds[i] : double.PositiveInfinity;
                WriteSample(into, $"{name}_bucket", $"{before}le=\"{Text(bound)}\"", upTo.ToString(CultureInfo.InvariantCulture));
            }

            WriteSample(into, $"{name}_sum", labels, Text(total));
            WriteSample(into, $"{name}_count", labels, upTo.ToString(CultureInfo.InvariantCulture));
        }
    }
}
