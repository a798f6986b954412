using System.Text.RegularExpressions;

namespace TemporalDelivery.Database.Catalogue;

/// <summary>The number of an article, as the catalogue takes it: <c>BOOK-DDIA</c>.</summary>
/// <param name="Text">Its text.</param>
public readonly partial record struct Sku(string Text)
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 40;

    /// <summary>What it looks like.</summary>
    public const string Pattern = "^[A-Z0-9]+(-[A-Z0-9]+)*$";

    /// <summary>False when the text can be no article's number.</summary>
    public static bool TryParse(string? text, out Sku sku)
    {
        sku = new(text ?? "");
        return sku.Text.Length <= MaxLength && Form().IsMatch(sku.Text);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // In .NET, $ lets a line feed follow.
    [GeneratedRegex(Pattern + @"(?!\n)")]
    private static partial Regex Form();
}
