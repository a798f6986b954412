namespace Temporalio.Runtime;

/// <summary>A metric meter of one's own. Its values are <see cref="long" />, <see cref="double" /> or <see cref="TimeSpan" />.</summary>
public interface ICustomMetricMeter
{
    /// <summary>Makes a counter.</summary>
    ICustomMetricCounter<T> CreateCounter<T>(string name, string? unit, string? description)
        where T : struct;

    /// <summary>Makes a histogram.</summary>
    ICustomMetricHistogram<T> CreateHistogram<T>(string name, string? unit, string? description)
        where T : struct;

    /// <summary>Makes a gauge.</summary>
    ICustomMetricGauge<T> CreateGauge<T>(string name, string? unit, string? description)
        where T : struct;

    /// <summary>Makes a set of tags, continuing another if one is given.</summary>
    object CreateTags(object? appendFrom, IReadOnlyCollection<KeyValuePair<string, object>> tags);
}
