namespace Refit;

/// <summary>Makes a parameter a header; null removes one that was set otherwise.</summary>
/// <param name="header">Name of the header.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public class HeaderAttribute(string header) : Attribute
{
    /// <summary>Name of the header.</summary>
    public string Header { get; } = header;
}
