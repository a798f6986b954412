using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TemporalDelivery.Api.Problems;
using TemporalDelivery.Database.Catalogue;

namespace TemporalDelivery.Api.Requests;

/// <summary>How lists are asked for: <c>limit</c> and an opaque <c>cursor</c>.</summary>
internal static class PageRequest
{
    /// <summary>How many are listed when it is not said.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The most that are listed at once.</summary>
    public const int MaxLimit = 200;
    private const int MaxSkuCursor = 2 * Sku.MaxLength;

    /// <summary>How many to list.</summary>
    /// <exception cref="MalformedRequestException">It is not 1 to 200.</exception>
    public static int Limit(int? asked) =>
        asked is null ? DefaultLimit
        : asked is >= 1 and <= MaxLimit ? asked.Value
        : throw new MalformedRequestException(new("limit", "MALFORMED", $"limit is 1 to {MaxLimit}, not {asked}."));

    /// <summary>Where the page begins.</summary>
    /// <exception cref="MalformedRequestException">The cursor was not given out by us.</exception>
    public static Guid? Cursor(string? cursor) => cursor is null ? null : Read(cursor, withNumber: false).Id;

    /// <inheritdoc cref="Cursor(string?)"/>
    public static (Guid Id, int Number)? NumberedCursor(string? cursor) => cursor is null ? null : Read(cursor, withNumber: true);

    /// <summary>The cursor that leads to what follows <paramref name="id"/>.</summary>
    public static string Cursor(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <inheritdoc cref="Cursor(Guid)"/>
    public static string Cursor(Guid id, int number) => string.Create(CultureInfo.InvariantCulture, $"{Cursor(id)}.{number}");

    /// <inheritdoc cref="Cursor(string?)"/>
    public static Sku? SkuCursor(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        return
            cursor.Length <= MaxSkuCursor
            && Base64Url.IsValid(cursor)
            && Sku.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)), out var sku)
            ? sku
            : throw Unknown();
    }

    /// <inheritdoc cref="Cursor(Guid)"/>
    public static string Cursor(Sku sku) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(sku.Text));

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
        return valid ? (new Guid(id, bigEndian: true), number) : throw Unknown();
    }

    private static MalformedRequestException Unknown() =>
        new(new("cursor", "MALFORMED", "The cursor is none that was given out; begin without one."));
}
