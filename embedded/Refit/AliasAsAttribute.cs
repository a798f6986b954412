namespace Refit;

/// <summary>Gives a parameter or property another name in the request.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public class AliasAsAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; protected set; } = name;
}
