namespace Temporal.Server.Visibility;

/// <summary>A word of a list filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its content: without quotes, escapes resolved.</param>
/// <param name="Position">Where it begins, counting characters from 1.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Position)
{
    public bool IsWord(string keyword) => Kind == FilterTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == FilterTokenKind.Symbol && Text == symbol;

    public override string ToString() =>
        Kind switch
        {
            FilterTokenKind.End => "the end",
            FilterTokenKind.String => $"'{Text}'",
            FilterTokenKind.Name => $"`{Text}`",
            _ => $"\"{Text}\"",
        };
}

internal enum FilterTokenKind
{
    /// <summary>A bare word: a keyword of the grammar or a name.</summary>
    Word,

    /// <summary>A name in back-ticks.</summary>
    Name,

    /// <summary>A text in single or double quotes.</summary>
    String,

    /// <summary>A number, sign included.</summary>
    Number,

    /// <summary>An operator, a bracket or a comma.</summary>
    Symbol,

    /// <summary>Nothing is left.</summary>
    End,
}
