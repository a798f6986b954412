using System.Globalization;

namespace Temporal.Server.Visibility;

/// <summary>RFC 3339 times, which need date, time and offset; up to nine digits of a second, of which .NET keeps seven.</summary>
internal static class Rfc3339
{
    private const int DateAndTimeLength = 19;

    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length <= DateAndTimeLength || text[10] is not ('T' or 't' or ' '))
        {
            return null;
        }

        var zone = DateAndTimeLength;
        if (text[zone] == '.')
        {
            for (zone++; zone < text.Length && char.IsAsciiDigit(text[zone]);)
            {
                zone++;
            }
        }

        var fraction = Math.Min(zone, DateAndTimeLength + 8);
        var normal = string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11, fraction - 11)) + text[zone..].ToUpperInvariant();
        return
            DateTimeOffset.TryParseExact(
                normal,
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
            && zone < text.Length
            ? time.ToUniversalTime()
            : null;
    }
}
