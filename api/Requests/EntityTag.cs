using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace TemporalDelivery.Api.Requests;

/// <summary>The version of what is read or changed, as HTTP says it.</summary>
internal static class EntityTag
{
    /// <summary>The tag of a row's version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Whether the client has what bears this tag (<c>If-None-Match</c>).</summary>
    public static bool IsKnown(HttpRequest request, string tag)
    {
        var known = request.Headers.IfNoneMatch;
        if (known.Count == 0)
        {
            return false;
        }
        // RFC 9110, 13.1.2: the weak comparison.
        return EntityTagHeaderValue.TryParseList(known, out var tags)
            && tags.Any(each => each.Equals(EntityTagHeaderValue.Any) || each.Tag.Equals(tag, StringComparison.Ordinal));
    }
}
