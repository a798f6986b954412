namespace TemporalDelivery.Worker.Relays;

/// <summary>Texts of others, in a form that our tables, histories and pages can bear.</summary>
internal static class ForeignText
{
    private const char Ellipsis = '…';

    /// <summary>The text without control characters and, when it is longer than that, cut.</summary>
    public static string? Cut(string? text, int length)
    {
        if (text is null)
        {
            return null;
        }

        var kept = text.Length > length ? $"{text[..(length - 1)]}{Ellipsis}" : text;
        return string.Concat(kept.Where(letter => !char.IsControl(letter) || letter is '\n' or '\t'));
    }
}
