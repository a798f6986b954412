namespace Temporalio.Runtime.Prometheus;

/// <summary>Names as Prometheus allows them: letters, digits and underscores, no digit first.</summary>
internal static class PrometheusName
{
    internal static string Of(string name)
    {
        var allowed = string.Create(name.Length, name, (into, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                into[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
        return allowed.Length == 0 || char.IsAsciiDigit(allowed[0]) ? $"_{allowed}" : allowed;
    }
}
