using System.Text.Json;

namespace Refit;

/// <summary>Names in camel case.</summary>
public class CamelCaseUrlParameterKeyFormatter : IUrlParameterKeyFormatter
{
    /// <inheritdoc />
    public string Format(string key) => JsonNamingPolicy.CamelCase.ConvertName(key);
}
