using System.Buffers.Text;
using System.Globalization;
using TemporalDelivery.Api.Problems;

namespace TemporalDelivery.Api.Requests;

/// <summary>How lists are asked for: <c>limit</c> and an opaque <c>cursor</c>.</summary>
internal static class PageRequest
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>How many to list.</summary>
    /// <exception cref="MalformedRequestException">It is not 1 to 200.</exception>
    public static int Limit(int? asked) =>
        asked is null ? DefaultLimit
        : asked is >= 1 and <= MaxLimit ? asked.Value
        : throw new MalformedRequestException(new("limit", "MALFORMED", $"limit is 1 to {MaxLimit}, not {asked}."));

    /// <summary>Where the page begins.</summary>
    /// <exception cref="MalformedRequestException">The cursor was not given out by us.</exception>
    public static Guid? Cursor(string? cursor) => cursor is null ? null : Read(cursor, withNumber: false).Id;

    /// <inheritdoc cref="Cursor"/>
    public static (Guid Id, int Number)? NumberedCursor(string? cursor) => cursor is null ? null : Read(cursor, withNumber: true);

    /// <summary>The cursor that leads to what follows <paramref name="id"/>.</summary>
    public static string Cursor(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <inheritdoc cref="Cursor(Guid)"/>
    public static string Cursor(Guid id, int number) => string.Create(CultureInfo.InvariantCulture, $"{Cursor(id)}.{number}");

    private static (Guid Id, int Number) Read(string cursor, bool withNumber)
    {
        var parts = cursor.Split('.');
        Span<byte> id = stackalloc byte[16];
        var number = 0;
        var valid =
            parts.Length == (withNumber ? 2 : 1)
            && Base64Url.IsValid(parts[0], out var length)
            && length == id.Length
            && Base64Url.TryDecodeFromChars(parts[0], id, out _)
            && (!withNumber || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number));
        return valid
            ? (new Guid(id, bigEndian: true), number)
            : throw new MalformedRequestException(new("cursor", "MALFORMED", "The cursor is none that was given out; begin without one."));
    }
}
