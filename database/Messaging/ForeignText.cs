using System.Diagnostics.CodeAnalysis;

namespace TemporalDelivery.Database.Messaging;

/// <summary>Texts of others, in a form that our tables, histories and pages can bear.</summary>
public static class ForeignText
{
    private const char Ellipsis = '…';

    /// <summary>The text without control characters and, when it is longer than that, cut, but through no character.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text, int length)
    {
        if (text is null)
        {
            return null;
        }

        var kept = text.Length > length ? $"{text[..End(text, length - 1)]}{Ellipsis}" : text;
        return string.Concat(kept.Where(letter => !char.IsControl(letter) || letter is '\n' or '\t'));
    }

    private static int End(string text, int end) => char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
}
