namespace Refit;

/// <summary>Form of a collection in a query.</summary>
public enum CollectionFormat
{
    /// <summary>Each value formatted, separated by commas.</summary>
    RefitParameterFormatter,

    /// <summary>Separated by commas.</summary>
    Csv,

    /// <summary>Separated by spaces.</summary>
    Ssv,

    /// <summary>Separated by tabs.</summary>
    Tsv,

    /// <summary>Separated by bars.</summary>
    Pipes,

    /// <summary>The name repeated for each.</summary>
    Multi,
}
