namespace Temporal.Server.Http.Routing;

/// <summary>
/// A request's path as segments. It is read from the request line itself: in the path that the web server decodes, a slash inside an id
/// (<c>%2F</c>) can no longer be told from an id that contains those three characters.
/// </summary>
internal static class RawPath
{
    /// <summary>Splits and decodes the path of a request target: <c>/a/b?c</c>, or the absolute form that proxies send.</summary>
    public static string[] Segments(string target)
    {
        var path = target.AsSpan();
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && path[..scheme].IndexOfAny('/', '?') < 0)
        {
            path = path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? [] : path[slash..];
        }

        var query = path.IndexOf('?');
        var text = (query < 0 ? path : path[..query]).Trim('/').ToString();
        return text.Length == 0 ? [] : [.. text.Split('/').Select(Uri.UnescapeDataString)];
    }
}
