namespace Temporalio.Runtime;

/// <summary>Which of the library's own logs are written.</summary>
public class TelemetryFilterOptions : ICloneable
{
    /// <summary>By a filter of one's own.</summary>
    public TelemetryFilterOptions(string filterString) => FilterString = filterString;

    /// <summary>By level.</summary>
    /// <param name="core">From this level in the library.</param>
    /// <param name="other">From this level in what it is built on.</param>
    public TelemetryFilterOptions(Level core = Level.Warn, Level other = Level.Error)
    {
        string[] parts = ["temporalio_common", "temporalio_sdk_core", "temporalio_client", "temporalio_sdk"];
        FilterString = string.Join(
            ',', parts.Select(part => $"{part}={Name(core)}").Prepend(Name(other)));
    }

    /// <summary>Levels.</summary>
    public enum Level
    {
        /// <summary>Everything.</summary>
        Trace,

        /// <summary>For whoever looks for a fault.</summary>
        Debug,

        /// <summary>What happens.</summary>
        Info,

        /// <summary>What may be wrong.</summary>
        Warn,

        /// <summary>What is wrong.</summary>
        Error,
    }

    /// <summary>The filter.</summary>
    public string? FilterString { get; set; }

    /// <inheritdoc />
    public virtual object Clone() => MemberwiseClone();

    private static string Name(Level level) => level.ToString().ToUpperInvariant();
}
