namespace Refit;

/// <summary>Makes a parameter part of the query, or says how it is written there.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public class QueryAttribute : Attribute
{
    private CollectionFormat? collectionFormat;

    /// <summary>Defaults.</summary>
    public QueryAttribute()
    {
    }

    /// <summary>With what joins the names of nested properties.</summary>
    public QueryAttribute(string delimiter) => Delimiter = delimiter;

    /// <summary>With what joins the names of nested properties, and a name before them.</summary>
    public QueryAttribute(string delimiter, string prefix)
        : this(delimiter) => Prefix = prefix;

    /// <summary>With what joins the names of nested properties, a name before them, and a format.</summary>
    public QueryAttribute(string delimiter, string prefix, string format)
        : this(delimiter, prefix) => Format = format;

    /// <summary>With the form of collections.</summary>
    public QueryAttribute(CollectionFormat collectionFormat) => this.collectionFormat = collectionFormat;

    /// <summary>What joins the names of nested properties.</summary>
    public string Delimiter { get; protected set; } = ".";

    /// <summary>A name before them.</summary>
    public string? Prefix { get; protected set; }

    /// <summary>Format of values.</summary>
    public string? Format { get; set; }

    /// <summary>Form of collections.</summary>
    public CollectionFormat CollectionFormat
    {
        get => collectionFormat.GetValueOrDefault();
        set => collectionFormat = value;
    }

    /// <summary>Whether the form of collections is given; otherwise it is the settings'.</summary>
    public bool IsCollectionFormatSpecified => collectionFormat.HasValue;
}
