using System.Text.RegularExpressions;

namespace TemporalDelivery.Api.Users;

/// <summary>What users are called.</summary>
internal static partial class UserName
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 64;

    /// <summary>What a name looks like, for people.</summary>
    public const string Rule = "1 to 64 of a-z, 0-9, '.', '_', '@' and '-', the first of them a letter or a digit";

    /// <summary>The same, for programs.</summary>
    public const string Typed = "^[a-z0-9][a-z0-9._@-]{0,63}$";

    /// <summary>One spelling, however it was typed.</summary>
    public static string Normalize(string name) => name.Trim().ToLowerInvariant();

    /// <summary>Whether a normalized name follows the rule.</summary>
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._@-]{0,63}\z")]
    private static partial Regex Pattern();
}
