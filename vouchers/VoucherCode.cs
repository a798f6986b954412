using System.Security.Cryptography;

namespace TemporalDelivery.Vouchers;

/// <summary>
/// The public code of a voucher: 16 symbols of 5 random bits (80 bits: unguessable), in groups of four to be read aloud. The alphabet is
/// Crockford's base 32: no I, L, O (taken for 1, 1, 0 when typed) and no U.
/// </summary>
public static class VoucherCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Symbols = 16;

    /// <summary>What people may type for a code, or for none.</summary>
    public const string Typed = @"^(\s*|[- ]*([0-9A-TV-Za-tv-z][- ]*){16})$";

    /// <summary>The most characters of that.</summary>
    public const int MaxTyped = 4 * Symbols;

    private const int Group = 4;

    /// <summary>A new code.</summary>
    public static string New() => Grouped(RandomNumberGenerator.GetString(Alphabet, Symbols));

    /// <summary>
    /// The code as it is stored, from what a person typed: any case, any grouping, O for 0, I and L for 1. Null when it cannot be a code.
    /// </summary>
    public static string? Normalize(string? typed)
    {
        if (typed is null || typed.Length > MaxTyped)
        {
            return null;
        }

        var symbols = new string([
            .. typed
                .Where(letter => letter is not ('-' or ' '))
                .Select(char.ToUpperInvariant)
                .Select(letter =>
                    letter switch
                    {
                        'O' => '0',
                        'I' or 'L' => '1',
                        _ => letter,
                    }
                ),
        ]);
        return symbols.Length == Symbols && symbols.All(Alphabet.Contains) ? Grouped(symbols) : null;
    }

    private static string Grouped(string symbols) =>
        string.Join('-', Enumerable.Range(0, Symbols / Group).Select(group => symbols.Substring(group * Group, Group)));
}
