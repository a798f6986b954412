namespace Temporalio.Common;

/// <summary>A metric.</summary>
public abstract class Metric
{
    internal Metric(MetricDetails details) => Details = details;

    /// <summary>Name.</summary>
    public string Name => Details.Name;

    /// <summary>Unit, if any.</summary>
    public string? Unit => Details.Unit;

    /// <summary>Description, if any.</summary>
    public string? Description => Details.Description;

    internal MetricDetails Details { get; private init; }

    internal sealed record MetricDetails(string Name, string? Unit, string? Description);
}

/// <summary>A metric.</summary>
/// <typeparam name="T">Type of its values.</typeparam>
public abstract class Metric<T> : Metric
    where T : struct
{
    internal Metric(MetricDetails details)
        : base(details)
    {
    }
}
