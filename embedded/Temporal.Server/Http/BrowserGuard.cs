using System.Net;

namespace Temporal.Server.Http;

/// <summary>
/// Keeps pages of other sites out. The server asks nobody for a password, and a person's browser can reach what listens on that person's
/// machine: so a page may write only when it came from here, and a name that some site's DNS points at this machine is not taken.
/// </summary>
internal static class BrowserGuard
{
    /// <summary>Why the request is refused; null when it is not.</summary>
    public static string? Refusal(HttpRequest request)
    {
        if (!IsOurs(request.Host.Host))
        {
            return $"Host not allowed: \"{request.Host.Host}\" is neither an address nor a local name.";
        }

        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            // Without leave, which nothing here gives, a browser does not show the answer to another site.
            return null;
        }

        var origin = request.Headers.Origin.ToString();
        var foreign =
            origin.Length > 0
                ? !Uri.TryCreate(origin, UriKind.Absolute, out var site)
                    || !string.Equals(site.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                : request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        return foreign ? "Cross-origin requests may not change anything." : null;
    }

    // A name without a dot is the machine's own, or one of a local network; no site on the Internet has such a name.
    private static bool IsOurs(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _)
        || (host.Length > 0 && !host.Contains('.', StringComparison.Ordinal))
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
