namespace Refit;

/// <summary>Makes a parameter an option of the request message, for handlers to read.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PropertyAttribute : Attribute
{
    /// <summary>Under the parameter's name.</summary>
    public PropertyAttribute()
    {
    }

    /// <summary>Under a key.</summary>
    public PropertyAttribute(string key) => Key = key;

    /// <summary>The key; null for the parameter's name.</summary>
    public string? Key { get; }
}
