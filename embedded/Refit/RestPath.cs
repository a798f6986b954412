using System.Reflection;

namespace Refit;

/// <summary>The path of a request, with the names of parameters in braces.</summary>
/// <param name="Template">The path and, after a question mark, a query.</param>
internal sealed record RestPath(string Template)
{
    /// <exception cref="ArgumentException">The path does not begin with a slash, or a brace is not closed.</exception>
    internal static RestPath Parse(string path, MethodInfo method)
    {
        if (path.Length > 0 && (path[0] != '/' || path.Contains('\r') || path.Contains('\n')))
        {
            throw new ArgumentException(
                $"URL path {path} of {method.DeclaringType}.{method.Name} must start with '/' and must not contain CR or LF characters");
        }

        return path.Count(c => c == '{') == path.Count(c => c == '}')
            ? new(path)
            : throw new ArgumentException($"URL path {path} of {method.DeclaringType}.{method.Name} has an unpaired brace");
    }

    /// <summary>Whether the path names a parameter, and in which form.</summary>
    internal bool Names(string parameter, out string placeholder)
    {
        foreach (var candidate in new[] { $"{{{parameter}}}", $"{{**{parameter}}}" })
        {
            var at = Template.IndexOf(candidate, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
            {
                placeholder = Template.Substring(at, candidate.Length);
                return true;
            }
        }

        placeholder = string.Empty;
        return false;
    }
}
