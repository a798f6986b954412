namespace Refit;

/// <summary>Names in queries.</summary>
public interface IUrlParameterKeyFormatter
{
    /// <summary>The name for a parameter or property.</summary>
    string Format(string key);
}
