namespace Refit;

/// <summary>Makes a parameter, a dictionary of strings, headers.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class HeaderCollectionAttribute : Attribute
{
}
