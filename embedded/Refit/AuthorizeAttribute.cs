namespace Refit;

/// <summary>Makes a parameter the value of the Authorization header.</summary>
/// <param name="scheme">Scheme before the value.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public class AuthorizeAttribute(string scheme = "Bearer") : Attribute
{
    /// <summary>Scheme before the value.</summary>
    public string Scheme { get; } = scheme;
}
