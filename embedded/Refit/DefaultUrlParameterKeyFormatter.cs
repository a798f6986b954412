namespace Refit;

/// <summary>Names as they are in C#.</summary>
public class DefaultUrlParameterKeyFormatter : IUrlParameterKeyFormatter
{
    /// <inheritdoc />
    public virtual string Format(string key) => key;
}
